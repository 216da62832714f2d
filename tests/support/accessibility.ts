import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary: string }[];
}

const { source } = createRequire(import.meta.url)('axe-core') as { source: string };

/** Colours on their way from one theme to the other have no contrast to speak of; what is inherited sets out later. */
const SETTLED = `(async () => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const underWay = () =>
    document
      .getAnimations()
      .filter((one) => one.playState === 'running' && one.effect.getComputedTiming().endTime < 5000);
  await drawn();
  for (let found = underWay(); found.length > 0; found = underWay()) {
    await Promise.all(found.map((one) => one.finished.catch(() => {})));
    await drawn();
  }
})()`;

/** What axe finds amiss on the page that keeps people out: one line for each, empty when all is well. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(SETTLED);
  // Not as a script of the page, which its policy would refuse.
  await page.evaluate(source);
  const violations = await page.evaluate<readonly Violation[]>(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}
