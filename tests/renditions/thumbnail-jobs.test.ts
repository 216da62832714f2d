import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { JobDraft, JobStore, ListedJob } from '#src/jobs/ports.ts';
import { ThumbnailJobs } from '#src/renditions/thumbnail-jobs.ts';
import { settled } from '../support/fake-clock.ts';

const stream = {
  ...{ id: 's1', mediaId: 'm1', channelId: 'c1', title: 'A brook' },
  ...{ isRecorded: false, isAdaptive: false },
};

class Jobs implements Pick<JobStore, 'add' | 'cancel'> {
  readonly added: JobDraft[] = [];
  readonly cancelled: string[] = [];
  failure: Error | undefined;

  async add(draft: JobDraft) {
    if (this.failure) throw this.failure;
    this.added.push(draft);
    return { job: this.#job, isNew: true };
  }

  async cancel(id: string): Promise<ListedJob> {
    this.cancelled.push(id);
    return this.#job;
  }

  get #job(): ListedJob {
    const times = { createdAt: new Date(0), startedAt: null, endedAt: null };
    const place = { channelId: 'c1', channelSlug: 'ann', recordingId: null, streamId: 's1', detail: {} };
    return {
      id: 'j1',
      kind: 'thumbnails',
      status: 'queued',
      progress: 0,
      problem: null,
      attempt: 0,
      failures: 0,
      ...place,
      ...times,
    };
  }
}

function begun(grant: () => string | undefined = () => 'a-token') {
  const jobs = new Jobs();
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => lines.push(line) });
  return { jobs, lines, sink: new ThumbnailJobs({ jobs, grant, log }) };
}

it('each live stream is looked at by one job, with a token of its own', async () => {
  const { jobs, sink } = begun();
  for (let times = 0; times < 3; times += 1) sink.live(stream);
  await settled();
  expect(jobs.added).toEqual([{ kind: 'thumbnails', channelId: 'c1', streamId: 's1', detail: { token: 'a-token' } }]);
});

it('a job ends with its stream, once', async () => {
  const { jobs, sink } = begun();
  sink.live(stream);
  for (let times = 0; times < 2; times += 1) sink.ended('s1');
  await settled();
  expect(jobs.cancelled).toEqual(['j1']);
});

it('a stream that is over already has none, and a database that is away costs pictures alone', async () => {
  const over = begun(() => undefined);
  over.sink.live(stream);
  over.sink.ended('s1');
  const { jobs, sink, lines } = begun();
  jobs.failure = new Error('the database is away');
  sink.live(stream);
  sink.ended('s1');
  await settled();
  expect([over.jobs.added, jobs.cancelled, lines.length]).toEqual([[], [], 1]);
});
