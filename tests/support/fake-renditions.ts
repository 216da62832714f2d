import { pino } from 'pino';
import type { JobDraft, JobRecord } from '../../src/jobs/ports.ts';
import { RenditionDemand } from '../../src/renditions/demand.ts';
import type { FeedCommand } from '../../src/renditions/feed-messages.ts';
import type { FeedThread, FeedThreadListener } from '../../src/renditions/feed-thread-link.ts';
import { LiveLadders } from '../../src/renditions/live-ladders.ts';
import type { RenditionPlace, RenditionPlane, RenditionStart } from '../../src/renditions/ports.ts';
import { Renditions } from '../../src/renditions/renditions.ts';
import { StreamFeeds } from '../../src/renditions/stream-feeds.ts';
import type { Storage } from '../../src/storage/ports.ts';
import { FakeTap } from './fake-recordings.ts';

export class FakeFeedThread implements FeedThread {
  readonly told: FeedCommand[] = [];
  listener: FeedThreadListener | undefined;

  listen(listener: FeedThreadListener): void {
    this.listener = listener;
  }

  tell(command: FeedCommand): void {
    this.told.push(command);
  }

  async close(): Promise<void> {}
}

export class FakeRenditionPlane implements RenditionPlane {
  readonly open = new Map<string, RenditionStart>();
  readonly written: Buffer[] = [];

  async openRendition(start: RenditionStart): Promise<void> {
    this.open.set(start.name, start);
  }

  async writeRendition(_place: RenditionPlace, bytes: Uint8Array): Promise<void> {
    if (Buffer.from(bytes).includes('bad')) throw new Error('This is no IVF.');
    this.written.push(Buffer.from(bytes));
  }

  async closeRendition({ name }: RenditionPlace): Promise<void> {
    this.open.delete(name);
  }
}

/** Jobs that nobody does. */
export class FakeLiveJobs {
  readonly added: JobDraft[] = [];
  readonly cancelled: string[] = [];

  async add(draft: JobDraft) {
    const open = this.added.findLastIndex(({ streamId }) => streamId === draft.streamId);
    const isNew = open < 0 || this.cancelled.includes(`job-${open}`);
    if (isNew) this.added.push(draft);
    const id = `job-${isNew ? this.added.length - 1 : open}`;
    return { job: jobRecord({ ...draft, id }), isNew };
  }

  async cancel(id: string) {
    this.cancelled.push(id);
    return undefined;
  }
}

function jobRecord(draft: JobDraft & { readonly id: string }): JobRecord {
  const { recordingId = null, streamId = null, detail = null } = draft;
  const none = { problem: null, startedAt: null, endedAt: null };
  const numbers = { progress: 0, attempt: 0, failures: 0 };
  return { ...draft, ...none, ...numbers, status: 'queued', recordingId, streamId, detail, createdAt: new Date(0) };
}

/** What transcoders are served with, and everything around it in memory. */
export class FakeRenditions {
  readonly tap = new FakeTap();
  readonly thread = new FakeFeedThread();
  readonly plane = new FakeRenditionPlane();
  readonly renditions: Renditions;
  readonly jobs = new FakeLiveJobs();
  readonly ladders: LiveLadders;

  constructor({ storage, now = () => 0 }: { storage: Storage; now?: () => number }) {
    const log = pino({ level: 'silent' });
    const feeds = new StreamFeeds({ media: this.tap, thread: this.thread, log });
    this.renditions = new Renditions({ feeds, media: this.plane, now: () => 100_000 });
    this.ladders = new LiveLadders({
      demand: new RenditionDemand({ now }),
      jobs: this.jobs,
      grant: (streamId) => this.renditions.grant(streamId),
      unreadMs: (streamId) => this.renditions.unreadMs(streamId),
      storage,
      windowSeconds: 60,
      max: 1,
      log,
      now,
    });
  }
}
