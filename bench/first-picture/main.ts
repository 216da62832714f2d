import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '../../tests/support/lossy-link.ts';
import { until } from '../../tests/support/until.ts';
import { machine } from '../machine.ts';
import { makeNumberedVideo } from './numbered-video.ts';
import { HEAD, type Measured, rowOf, sightOf } from './table.ts';
import { Venue, type Watching } from './venue.ts';

/** When and how late a viewer sees a picture who is sent the cached group, and one for whom a keyframe is asked for. */
const BITRATES_MBPS = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [0.5, 2, 8];
/** How many times the stream a link carries. */
const LINKS = [undefined, 2, 1.25];
const JOINS = 6;
const STAY_MS = 10_500;
const GROUP_SECONDS = 2;
const LONG_GROUP_SECONDS = 10;
// Up to here the server sends the group.
const OLD_MS = 2_600;

const random = seededRandom(1);
const venue = await Venue.open();
console.log(
  `${machine()
    .map((line) => `- ${line}`)
    .join('\n')}\n`,
);
console.log(HEAD);
for (const mbps of BITRATES_MBPS) await measure(mbps * 1e6);
await venue.close();
// The WebRTC library of the encoders keeps threads that would keep the process.
process.exit();

/** Each browser has two channels: of an encoder deaf to requests with short groups, of one that hears them with long ones. */
async function measure(bitrateBps: number): Promise<void> {
  const short = await makeNumberedVideo(bitrateBps, GROUP_SECONDS);
  const long = await makeNumberedVideo(bitrateBps, LONG_GROUP_SECONDS);
  const deaf = await venue.publish({ video: short, hearsRequests: false });
  const hearing = await Promise.all(venue.browsers.map(() => venue.publish({ video: long, hearsRequests: true })));
  for (const browser of venue.browsers) await (await venue.watching(browser, deaf)).watch();
  for (const room of LINKS) {
    const rateBps = room && room * bitrateBps;
    const watchings = await Promise.all(
      venue.browsers.flatMap((browser, index) =>
        [deaf, hearing[index] ?? deaf].map((source) => venue.watching(browser, source, rateBps)),
      ),
    );
    const firstMs = watchings.map((): number[] => []);
    for (let join = 0; join < JOINS; join += 1) {
      for (const [index, watching] of watchings.entries()) {
        await isTime(watching, (join + random()) / JOINS);
        firstMs[index]?.push((await watching.watch()).shown[0]?.atMs ?? Number.NaN);
      }
    }
    const stays = await Promise.all(
      watchings.map(async (watching, index): Promise<Measured> => {
        await isTime(watching, 1);
        return { firstMs: firstMs[index] ?? [], ...sightOf(await watching.watch(STAY_MS), watching.encoder) };
      }),
    );
    for (const [index, { name }] of venue.browsers.entries()) {
      const [replayed, asked] = stays.slice(2 * index);
      if (replayed && asked) console.log(rowOf({ bitrateBps, rateBps, browser: name, replayed, asked }));
    }
    for (const watching of watchings) watching.close();
  }
  for (const source of [deaf, ...hearing]) {
    console.error(`${source.slug}: asked for ${source.encoder.requests} keyframes`);
    source.encoder.stop();
  }
}

/** So much of a short group is over, or a long one is so old that a keyframe will be asked for. */
async function isTime({ encoder }: Watching, share: number): Promise<void> {
  const { hearsRequests } = encoder;
  if (hearsRequests) await until('the group is old', () => encoder.groupMs > OLD_MS, { everyMs: 20 });
  const groupMs = GROUP_SECONDS * 1000;
  if (!hearsRequests) await pause((groupMs + share * (groupMs - 100) - encoder.groupMs) % groupMs);
}
