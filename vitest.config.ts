import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/e2e/**', 'tests/interop/**'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts', 'tests/interop/**/*.test.ts'],
          // After all others, one browser and one server at a time: two cores are enough, and timings stay honest.
          sequence: { groupOrder: 1 },
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Browsers, encoders and databases on whatever machine this is. The summary names each test that needed it.
          retry: 1,
        },
      },
    ],
    pool: 'forks',
    reporters: ['default', './tests/support/count-reporter.ts'],
  },
});
