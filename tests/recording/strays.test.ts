import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { Strays } from '#src/recording/strays.ts';
import { StreamRecorder } from '#src/recording/stream-recorder.ts';
import { FakeRecordings } from '../support/fake-recordings.ts';
import { realVideo, silence } from './real-streams.ts';
import { fed, SOURCE } from './recorded.ts';
import { writtenParts } from './written-parts.ts';

const DAY_MS = 86_400_000;
const part = {
  ...{ number: 0, file: '0000.webm', videoCodec: 'vp8' as const, hasAudio: true, width: 318, height: 178 },
  ...{ durationMs: 0, bytes: 0 },
};

/** A row that nobody ended, as old as this; with half a file here, or without. */
async function leftOpen(fake: FakeRecordings, { ageMs, isHere }: { ageMs: number; isHere: boolean }): Promise<string> {
  const id = crypto.randomUUID();
  const startedAt = new Date(Date.now() - ageMs);
  await fake.store.begin({ id, channelId: 'c', streamId: 's', title: '', startedAt });
  await fake.store.part(id, { ...part, startedAt });
  if (!isHere) return id;
  const recorder = new StreamRecorder();
  const actions = [...recorder.source(SOURCE), ...fed(recorder, [...realVideo('vp8'), ...silence()])];
  mkdirSync(fake.recordings.folderOf(id));
  writeFileSync(join(fake.recordings.folderOf(id), part.file), writtenParts(actions)[0] ?? '');
  return id;
}

function folder(fake: FakeRecordings, ageMs: number): string {
  const path = join(fake.folder, crypto.randomUUID());
  const file = join(path, '0000.webm');
  mkdirSync(path);
  writeFileSync(file, 'x');
  for (const one of [file, path]) utimesSync(one, new Date(Date.now() - ageMs), new Date(Date.now() - ageMs));
  return path;
}

const straysOf = ({ recordings, store, folder: where }: FakeRecordings, lines: string[] = []) =>
  new Strays({ recordings, store, folder: where, log: pino({}, { write: (line: string) => lines.push(line) }) });

it.each([
  ['whose stream is over ends with what is there', { ageMs: 600_000, isHere: true }, ['ready', 'interrupted']],
  ['of a stream that was on just now is left alone', { ageMs: 60_000, isHere: true }, ['recording', null]],
  ['of another server is left to it', { ageMs: 600_000, isHere: false }, ['recording', null]],
  ['for which nobody came in a day is lost', { ageMs: DAY_MS + 60_000, isHere: false }, ['failed', 'interrupted']],
])('an open recording %s', async (_, how, expected) => {
  const fake = new FakeRecordings();
  const id = await leftOpen(fake, how);
  await straysOf(fake).sweep();
  const row = await fake.store.byId(id);
  expect([row?.state, row?.problem]).toEqual(expected);
  if (expected[0] === 'ready') expect(row?.parts[0]?.durationMs).toBeGreaterThan(1_000);
});

it('what this server is writing is nobody’s stray, however long it takes', async () => {
  const fake = new FakeRecordings();
  const stream = { id: 's', mediaId: 'm', channelId: 'c', title: '', isRecorded: true, isAdaptive: false };
  fake.recordings.live(stream);
  fake.pass(9 * DAY_MS);
  await straysOf(fake).sweep();
  expect([...fake.store.rows.values()].map(({ state }) => state)).toEqual(['recording']);
});

it('folders of no row are told of once, and go after thirty days', async () => {
  const fake = new FakeRecordings();
  await leftOpen(fake, { ageMs: 0, isHere: true });
  const [young, old] = [folder(fake, 29 * DAY_MS), folder(fake, 31 * DAY_MS)];
  const other = join(fake.folder, 'lost+found');
  mkdirSync(other);
  const lines: string[] = [];
  const strays = straysOf(fake, lines);
  await strays.sweep();
  await strays.sweep();
  expect([young, old, other].map((path) => existsSync(path))).toEqual([true, false, true]);
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg).toSorted()).toEqual([
    'files removed that belong to no recording',
    'there are files that belong to no recording',
  ]);
});

it('nothing goes where no folder at all has a row: it is the database that is another', async () => {
  const fake = new FakeRecordings();
  const old = folder(fake, 99 * DAY_MS);
  await straysOf(fake).sweep();
  expect(existsSync(old)).toBe(true);
});
