import { sharesOf } from '../measure/shares.ts';
import { onStage } from '../stage.ts';
import { inspect, WITH_INSPECTOR } from './inspected.ts';

const VIEWERS = 200;
const SECONDS = 10;
const QUICK_SECONDS = 4;
const ROWS = 25;

/** Where the media thread's time goes while it serves, by function. The profiler itself takes some of it. */
export function profileTable({ isQuick }: { isQuick: boolean }): Promise<string> {
  return onStage({ ...WITH_INSPECTOR, isApart: true }, async (stage) => {
    await stage.join(VIEWERS);
    await stage.settle();
    const inspector = await inspect(stage);
    const { busy, shares } = sharesOf(await inspector.profile(isQuick ? QUICK_SECONDS : SECONDS));
    inspector.close();
    const rows = shares.slice(0, ROWS).map(({ what, share }) => `| ${what} | ${percent(share)} |`);
    return [
      `${VIEWERS} viewers, the media thread busy for ${percent(busy)} of the time:`,
      '',
      '| function, without those it calls | of the busy time |',
      '|---|---|',
      ...rows,
    ].join('\n');
  });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
