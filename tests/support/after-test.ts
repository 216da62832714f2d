import { onTestFinished, TestRunner } from 'vitest';

/** Runs once the test under way is over, passed or not, so that the next one has the machine to itself. In hooks: never. */
export function afterTest(cleanUp: () => unknown): void {
  if (TestRunner.getCurrentTest()) onTestFinished(async () => void (await cleanUp()));
}
