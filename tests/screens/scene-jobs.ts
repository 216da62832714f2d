import type { ClientConfig } from 'pg';
import { query } from '../support/database.ts';

const SIZES = [
  { height: 360, width: 640, bitrate: 350_000 },
  { height: 240, width: 426, bitrate: 180_000 },
] as const;

/** What transcoders are at, as it stands for a moment that no picture could catch: recordings by their ids. */
export async function setJobs(database: ClientConfig, { running, done }: Record<'running' | 'done', string>) {
  const job = (of: string, kind: string, status: string, more: Readonly<Record<string, string>> = {}) => {
    const columns = { id: 'gen_random_uuid()', kind: `'${kind}'`, status: `'${status}'`, attempt: '1', ...more };
    return query(
      database,
      `INSERT INTO jobs (${Object.keys(columns).join(', ')}, channel_id, recording_id, started_at)
       SELECT ${Object.values(columns).join(', ')}, channel_id, id, now() FROM recordings WHERE id = '${of}'`,
    );
  };
  const ago = (minutes: number) => `now() - interval '${minutes} minutes'`;
  await job(done, 'pictures', 'failed', {
    problem: "'ffmpeg: no space left on device'",
    created_at: ago(14),
    ended_at: ago(13),
  });
  await job(done, 'renditions', 'done', { progress: '1', created_at: ago(9), ended_at: ago(4) });
  await job(running, 'renditions', 'running', { progress: '0.62', created_at: ago(2) });
  for (const { height, width, bitrate } of SIZES) {
    await query(
      database,
      `INSERT INTO renditions (recording_id, height, width, bitrate_bps, bytes) VALUES ('${done}', ${height}, ${width}, ${bitrate}, 500000)`,
    );
  }
  await query(database, `UPDATE recordings SET renditions_at = now() WHERE id = '${done}'`);
}
