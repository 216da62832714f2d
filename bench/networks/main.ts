import { machine } from '../machine.ts';
import { measureFall } from './fall.ts';
import { measureLoss } from './loss.ts';
import { Venue } from './venue.ts';

/** What viewers see over bad networks: `node bench/networks/main.ts [loss|fall] [seeds]`. */
const cases = { loss: measureLoss, fall: measureFall };
const seeds = Array.from({ length: Number(process.argv[3] ?? 3) }, (_, index) => index + 1);

const venue = await Venue.open();
for (const line of machine()) console.log(`- ${line}`);
for (const [name, measure] of Object.entries(cases)) {
  if (process.argv[2] !== undefined && process.argv[2] !== name) continue;
  console.log(`\n${(await measure(venue, seeds)).join('\n')}`);
}
await venue.close();
// The WebRTC library of the encoders keeps threads that would keep the process.
process.exit();
