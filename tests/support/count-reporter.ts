import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one plain line that people and scripts can read, and before it which tests needed a second try. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const flaky: string[] = [];
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      // A file that could not be loaded has no tests, yet must not look like success.
      if (module.state() === 'failed' && [...module.children.allTests('failed')].length === 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        counts[test.result().state] += 1;
        if (test.diagnostic()?.flaky) flaky.push(test.fullName);
      }
    }
    const skipped = counts.skipped + counts.pending;
    process.on('exit', () => {
      for (const name of flaky) console.log(`passed at the second try: ${name}`);
      console.log(`${counts.passed} passed, ${counts.failed} failed, ${skipped} skipped`);
    });
  }
}
