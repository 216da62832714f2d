import { execPath } from 'node:process';
import { describe, expect, it } from 'vitest';
import { findFfmpeg, readProbe } from '../src/ffmpeg.ts';
import { ffmpeg, requireTool } from './support/tools.ts';

const VERSION = 'ffmpeg version 5.1.6-0+deb12u1 Copyright (c) 2000-2024 the FFmpeg developers\n';

const encoders = (...names: readonly string[]) =>
  ['Encoders:', ' V..... = Video', ' ------', ...names.map((name) => ` V....D ${name}   Some encoder`)].join('\n');

describe('what ffmpeg tells of itself', () => {
  it('is its version and the encoders that matter', () => {
    expect(readProbe('ffmpeg', VERSION, encoders('libsvtav1', 'libx264', 'libopus'))).toEqual({
      path: 'ffmpeg',
      version: '5.1.6-0+deb12u1',
      encoders: ['libsvtav1', 'libopus'],
    });
  });

  it('is what it lacks too', () => {
    expect(readProbe('ffmpeg', VERSION, encoders('libx264'))?.problem).toBe(
      'ffmpeg has no libsvtav1 or libaom-av1, no libopus',
    );
  });

  it('is nothing where it is another program', () => {
    expect(readProbe('node', 'v24.21.0\n', '')).toBeUndefined();
  });
});

describe('looking for ffmpeg', () => {
  it('finds the one that is named', async () => {
    const path = requireTool(ffmpeg);
    expect(await findFfmpeg(path)).toMatchObject({ path, version: expect.stringMatching(/\S/) });
  });

  it.each(['/nowhere/ffmpeg', execPath])('takes no other where the named one does not do: %s', async (path) => {
    expect(await findFfmpeg(path)).toEqual({ problem: 'FFMPEG_PATH names no ffmpeg that runs' });
  });
});
