import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { Metrics } from '../../src/metrics/metrics.ts';

const read = (name: string) => readFileSync(`docs/${name}`, 'utf8');

const text = await new Metrics({ hasProcess: true }).text();
const metrics = new Map([...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]));
const ours = [...metrics.keys()].filter((name) => name.startsWith('freshet_'));

const names = (expression: string) => expression.match(/\b(?:freshet|nodejs|process)_\w+/g) ?? [];

function isMeasured(name: string): boolean {
  const base = name.replace(/_(?:bucket|sum|count)$/, '');
  return metrics.has(name) || metrics.get(base) === 'histogram';
}

describe('the table of metrics in docs/operations.md', () => {
  const table = read('operations.md');
  const cells = [...table.matchAll(/^\| (`freshet_[^|]*)\|/gm)].flatMap(
    ([, cell = '']) => cell.match(/freshet_[^`]+/g) ?? [],
  );
  const patterns = cells.map((cell) => new RegExp(`^${cell.replaceAll('…', '.+')}$`));

  it('has a row for every metric', () => {
    expect(ours.filter((name) => !patterns.some((pattern) => pattern.test(name)))).toEqual([]);
  });

  it('has no row for what is not measured', () => {
    expect(cells.filter((_, index) => !ours.some((name) => patterns[index]?.test(name)))).toEqual([]);
  });
});

const dashboard = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).optional() })),
});
const rules = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});

describe('every metric named there is measured', () => {
  const { panels } = dashboard.parse(JSON.parse(read('grafana-dashboard.json')));
  const shown = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));
  it.each(shown)('in the dashboard: %s: %s', (_title, expr) => {
    expect(names(expr)).not.toEqual([]);
    expect(names(expr).filter((name) => !isMeasured(name))).toEqual([]);
  });

  const alerts = rules.parse(parse(read('prometheus-alerts.yaml'))).groups.flatMap((group) => group.rules);
  it.each(alerts)('in the alert $alert', ({ expr }) => {
    expect(names(expr).filter((name) => !isMeasured(name))).toEqual([]);
    if (!expr.startsWith('up{')) expect(names(expr)).not.toEqual([]);
  });
});

it('names have units and endings as Prometheus wants them', () => {
  for (const name of ours) {
    expect(name).toMatch(/^[a-z_]+$/);
    expect(name.endsWith('_total'), name).toBe(metrics.get(name) === 'counter');
    expect(name, name).not.toMatch(/_(?:ms|us|kb|mb|minutes)(?:_|$)/);
  }
});
