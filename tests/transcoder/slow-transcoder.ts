/** A real transcoder process whose jobs take as long as their detail says, with an ffmpeg that would run for ever. */
import { setTimeout as after } from 'node:timers/promises';
import { z } from 'zod';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { JobFailure } from '../../transcoder/job-failure.ts';
import type { JobKindRun } from '../../transcoder/job-kind.ts';
import { Transcoder } from '../../transcoder/transcoder.ts';

const wish = z.object({
  seconds: z.number().default(0),
  failures: z.int().default(0),
  hasFfmpeg: z.boolean().default(false),
});

const slow: JobKindRun = {
  kind: 'renditions',
  concurrency: 1,
  retryDelaysSeconds: [1, 1],
  async run({ detail, failures }, { signal, progress, ffmpeg, workFolder }) {
    const { seconds, failures: wanted, hasFfmpeg } = wish.parse(detail);
    if (hasFfmpeg) {
      const endless = ['-re', '-f', 'lavfi', '-i', 'testsrc', '-f', 'null', `${workFolder}/x`];
      await ffmpeg.pipe({ args: endless, signal }).ended;
    }
    for (let done = 0; done < seconds * 10; done += 1) {
      await after(100, undefined, { signal });
      progress(done / (seconds * 10));
    }
    if (failures < wanted) throw new JobFailure(`failed ${failures + 1} times`);
  },
};

const config = readConfig(process.env);
const log = createLog({ level: 'info', pretty: false });
const transcoder = await Transcoder.start({ config, log, kinds: [slow], worked: () => {} });
process.on('SIGTERM', () => void transcoder.close().then(() => process.exit(0)));
