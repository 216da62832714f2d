import { onApiVenue } from '../api/api-venue.ts';
import { CLIENTS, REQUESTS_PER_SECOND } from '../api/section.ts';
import type { CpuProfile } from '../measure/inspector.ts';
import { sharesOf } from '../measure/shares.ts';
import { onStage } from '../stage.ts';
import { inspect, WITH_INSPECTOR } from './inspected.ts';

const VIEWERS = 200;
const SECONDS = 10;
const QUICK_SECONDS = 4;
const ROWS = 25;

/** Where the server's time goes, by function: the media thread's while it serves, the main thread's beside requests. */
export async function profileTables({ isQuick }: { isQuick: boolean }): Promise<string> {
  const seconds = isQuick ? QUICK_SECONDS : SECONDS;
  const media = tableOf(`${VIEWERS} viewers, the media thread`, await profileOfMedia(seconds));
  const main = tableOf(`${REQUESTS_PER_SECOND} API requests a second, the main thread`, await profileOfMain(seconds));
  return `${media}\n\n${main}`;
}

function profileOfMedia(seconds: number): Promise<CpuProfile> {
  return onStage({ ...WITH_INSPECTOR, isApart: true }, async (stage) => {
    await stage.join(VIEWERS);
    await stage.settle();
    const inspector = await inspect(stage);
    const profile = await inspector.profile('media', seconds);
    inspector.close();
    return profile;
  });
}

function profileOfMain(seconds: number): Promise<CpuProfile> {
  const load = { clients: CLIENTS, perSecond: REQUESTS_PER_SECOND, stage: WITH_INSPECTOR };
  return onApiVenue(load, async (venue) => {
    // The first requests compile the code that all later ones run.
    await venue.measure({ isBusy: true, seconds: QUICK_SECONDS });
    const inspector = await inspect(venue.stage);
    const profile = await venue.whileBusy(() => inspector.profile('main', seconds));
    inspector.close();
    return profile;
  });
}

/** The profiler itself takes some of the time. */
function tableOf(what: string, profile: CpuProfile): string {
  const { busy, shares } = sharesOf(profile);
  const rows = shares.slice(0, ROWS).map(({ what, share }) => `| ${what} | ${percent(share)} |`);
  return [
    `${what} busy for ${percent(busy)} of the time:`,
    '',
    '| function, without those it calls | of the busy time |',
    '|---|---|',
    ...rows,
  ].join('\n');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
