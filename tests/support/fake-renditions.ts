import { pino } from 'pino';
import type { FeedCommand } from '../../src/renditions/feed-messages.ts';
import type { FeedThread, FeedThreadListener } from '../../src/renditions/feed-thread-link.ts';
import type { RenditionPlace, RenditionPlane, RenditionStart } from '../../src/renditions/ports.ts';
import { Renditions } from '../../src/renditions/renditions.ts';
import { StreamFeeds } from '../../src/renditions/stream-feeds.ts';
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

/** What transcoders are served with, and everything around it in memory. */
export class FakeRenditions {
  readonly tap = new FakeTap();
  readonly thread = new FakeFeedThread();
  readonly plane = new FakeRenditionPlane();
  readonly renditions: Renditions;

  constructor() {
    const log = pino({ level: 'silent' });
    const feeds = new StreamFeeds({ media: this.tap, thread: this.thread, log });
    this.renditions = new Renditions({ feeds, media: this.plane, now: () => 100_000 });
  }
}
