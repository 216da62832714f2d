import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Database } from './db/database.ts';
import { queueAfterRecording } from './jobs/after-recording.ts';
import type { Log } from './log.ts';
import type { RecordingWitness } from './recording/ports.ts';
import { RecordingMover } from './recording/recording-mover.ts';
import { RecordingThreadLink } from './recording/recording-thread-link.ts';
import { Recordings } from './recording/recordings.ts';
import { RoomKeeper } from './recording/room-keeper.ts';
import { Strays } from './recording/strays.ts';
import { FormerVersions } from './storage/former-versions.ts';
import type { Storage } from './storage/ports.ts';
import { TieredStorage } from './storage/tiered-storage.ts';
import type { MediaThreads } from './transport/media-plane.ts';
import { RecordingNews } from './webhooks/recording-news.ts';

/** Recordings with the thread that writes them, and what keeps them within their limits. */
export async function openRecordings(
  config: Config,
  { database, media, storage, log }: { database: Database; media: MediaThreads; storage: Storage; log: Log },
): Promise<{ recordings: Recordings; close: () => Promise<void> }> {
  const folder = join(config.dataDir, 'recordings');
  const thread = new RecordingThreadLink({ rings: media.rings });
  const { recordings: store, webhookDeliveries: deliveries, channels, jobs } = database;
  const news = new RecordingNews({ deliveries, channels });
  const makesRenditions = async (id: string) =>
    (await channels.list({ ids: [id], limit: 1 })).some((channel) => channel.makesRenditions);
  const witness: RecordingWitness = {
    ended: async (recording) => {
      await news.ended(recording);
      await queueAfterRecording(recording, { jobs, makesRenditions });
    },
  };
  const recordings = new Recordings({ store, witness, media, thread, folder, storage, log });
  thread.listen(recordings);
  const keeper = new RoomKeeper({
    store,
    folder,
    log,
    limits: config.recordings,
    remove: (recordingId) => recordings.delete(recordingId),
    onFull: () => recordings.full(),
    onRoom: () => recordings.roomAgain(),
  });
  keeper.start();
  const mover = storage instanceof TieredStorage ? new RecordingMover({ store, storage, log }) : undefined;
  mover?.start();
  const former = new FormerVersions({ store: database.renditions, storage, log });
  former.start();
  const strays = new Strays({ recordings, store, folder, log });
  // Long files take their time, and nobody has to wait for them. In a shared database others may be recording.
  const leftOpen = config.databaseUrl === undefined ? recordings.endLeftOpen() : Promise.resolve();
  leftOpen.catch((error: unknown) => log.error({ err: error }, 'recordings that a crash left open were not ended'));
  void leftOpen.catch(() => {}).then(() => strays.start());
  return {
    recordings,
    close: async () => {
      await keeper.close();
      await former.close();
      await strays.close();
      await recordings.close();
      await mover?.close();
    },
  };
}
