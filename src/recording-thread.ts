/** The recording thread: hears from all media threads what they tell of the streams that are recorded, and writes it. */
import { parentPort, workerData } from 'node:worker_threads';
import type { RecordingCommand, RecordingReport, RecordingThreadOptions } from './recording/messages.ts';
import { RecordingFiles } from './recording/recording-files.ts';
import { StreamRecorder } from './recording/stream-recorder.ts';
import { type FeedListener, FeedReader } from './transport/feed-reader.ts';
import { FEED_HEADER_BYTES, type FeedRecord, type FeedSource } from './transport/feed-records.ts';

const main = parentPort;
if (!main) throw new Error('This file runs as a worker thread only.');

const { rings } = workerData as RecordingThreadOptions;
const say = (report: RecordingReport) => main.postMessage(report);
const readers = rings.map((ring) => new FeedReader(ring));
const recordings = new Map<string, Recording>();

type Start = Extract<RecordingCommand, { type: 'start' }>;

class Recording implements FeedListener {
  readonly streamId: string;
  readonly thread: number;
  readonly #recordingId: string;
  readonly #recorder = new StreamRecorder();
  readonly #files: RecordingFiles;
  #sessionId = '';

  constructor({ recordingId, streamId, thread, folder }: Start) {
    this.streamId = streamId;
    this.thread = thread;
    this.#recordingId = recordingId;
    this.#files = new RecordingFiles(folder, {
      part: (part) =>
        say({ type: 'part', recordingId, part: { ...part, startMs: performance.timeOrigin + part.startMs } }),
      failed: ({ code, message }) => say({ type: 'failed', recordingId, code, detail: message }),
    });
  }

  source({ sessionId, tracks }: FeedSource): void {
    if (sessionId === this.#sessionId) return;
    this.#sessionId = sessionId;
    this.#files.obey(this.#recorder.source({ tracks }));
  }

  packet(record: FeedRecord, bytes: Uint8Array, at: number, end: number): boolean {
    const { extSeq, epoch, timestamp, marker, codec, ms: arrivedMs } = record;
    // The ring goes on without waiting for the disk.
    const payload = bytes.slice(at + FEED_HEADER_BYTES, end);
    this.#files.obey(this.#recorder.packet(record, { extSeq, epoch, timestamp, marker, codec, payload, arrivedMs }));
    return true;
  }

  clock(record: FeedRecord): void {
    this.#recorder.clock(record, record.timestamp, record.ms);
  }

  /** The gap tells by itself: its pictures are left out. */
  missed(): void {}

  async close(): Promise<void> {
    this.#files.obey(this.#recorder.close());
    await this.#files.close();
    say({ type: 'closed', recordingId: this.#recordingId, lost: this.#recorder.lost });
  }
}

function start(command: Start): void {
  const recording = new Recording(command);
  recordings.set(command.recordingId, recording);
  readers[command.thread]?.follow(recording);
  say({ type: 'following', recordingId: command.recordingId });
}

async function stop(recordingId: string): Promise<void> {
  const recording = recordings.get(recordingId);
  if (!recording) return say({ type: 'closed', recordingId, lost: 0 });
  recordings.delete(recordingId);
  const reader = readers[recording.thread];
  // What was told before the word to stop belongs to it.
  reader?.read();
  reader?.unfollow(recording);
  await recording.close();
}

async function close(): Promise<void> {
  await Promise.all([...recordings.keys()].map(stop));
  for (const reader of readers) reader.close();
  process.exit(0);
}

const report = (error: unknown) => say({ type: 'problem', error });
for (const reader of readers) void reader.run(() => {}, report);

main.on('message', (command: RecordingCommand) => {
  if (command.type === 'start') start(command);
  else if (command.type === 'stop') stop(command.recordingId).catch(report);
  else close().catch(report);
});
