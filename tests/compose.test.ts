import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readConfig } from '../src/config.ts';

const service = z.object({
  profiles: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
});
const text = readFileSync(new URL('../compose.yaml', import.meta.url), 'utf8');
const { services } = z.object({ services: z.record(z.string(), service) }).parse(parse(text));
const { freshet, turn } = services;

test('media is published over UDP and TCP, each number as it is inside', () => {
  expect(freshet?.ports).toEqual(['8080:8080', '8189:8189/udp', '8189:8189/tcp']);
  const { http, media } = readConfig({});
  expect([http.port, media.port]).toEqual([8080, 8189]);
});

test('every variable that is handed on is one that the server reads', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const name of Object.keys(freshet?.environment ?? {})) expect(readme).toContain(`\`${name}\``);
});

test('whatever is not set leaves the server as it is by default', () => {
  const unset = Object.entries(freshet?.environment ?? {})
    .filter(([, value]) => value.endsWith(':-}'))
    .map(([name]) => [name, '']);
  expect(unset.length).toBeGreaterThan(3);
  expect(readConfig(Object.fromEntries(unset))).toEqual(readConfig({}));
});

test('nothing but the server starts by itself', () => {
  const alone = Object.entries(services).filter(([, { profiles = [] }]) => profiles.length === 0);
  expect(alone.map(([name]) => name)).toEqual(['freshet']);
});

test('the relay gets its secret by its environment, and its options as they stand', () => {
  expect(Object.keys(turn?.environment ?? {})).toEqual(['TURN_SECRET', 'TURN_ADDRESS']);
  const words = [...(turn?.entrypoint ?? []), ...(turn?.command ?? [])].join('\n').replaceAll('$$', '');
  expect(words).not.toContain('${');
});
