import { Inspector } from '../measure/inspector.ts';
import type { Stage, StageOptions } from '../stage.ts';

export const WITH_INSPECTOR: StageOptions = { env: { NODE_OPTIONS: '--inspect=127.0.0.1:0' } };

/** The inspector of a stage that was opened `WITH_INSPECTOR`. */
export function inspect(stage: Stage): Promise<Inspector> {
  const url = /ws:\/\/\S+/.exec(stage.server.output())?.[0];
  if (url === undefined) throw new Error('the server told no inspector address');
  return Inspector.connect(url);
}
