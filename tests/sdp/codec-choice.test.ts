import { describe, expect, it } from 'vitest';
import { type H264Profile, h264Profile } from '../../src/sdp/h264-profile.ts';
import { answerTo, withVideo } from './offers.ts';

type Codecs = Parameters<typeof withVideo> extends [unknown, ...infer T] ? T : never;

const constrained = 'packetization-mode=1;profile-level-id=42e01f';
const vp8 = [96, 'VP8/90000'] as const;

describe('the codec a publisher is told to send', () => {
  it.each<[string, Codecs, string]>([
    ['the first of the m-line', [[98, 'vp9/90000'], vp8], 'vp9/98/-'],
    ['not RTCP: a payload type of 64 to 95', [[72, 'VP9/90000'], vp8], 'vp8/96/-'],
    ['not H264 of 10 bits', [[97, 'H264/90000', 'packetization-mode=1;profile-level-id=6e0028'], vp8], 'vp8/96/-'],
    ['not H264 of full colour', [[97, 'H264/90000', 'packetization-mode=1;profile-level-id=f4001f'], vp8], 'vp8/96/-'],
    [
      'not H264 in single packets',
      [
        [97, 'H264/90000', 'profile-level-id=42e01f'],
        [98, 'H264/90000', constrained],
      ],
      'h264/98/-',
    ],
    ['H264 of no told profile', [[97, 'H264/90000', 'packetization-mode=1'], vp8], 'h264/97/-'],
    ['not VP9 of more than 8 bits', [[98, 'VP9/90000', 'profile-id=2'], vp8], 'vp8/96/-'],
    [
      'not AV1 of full colour',
      [
        [98, 'AV1/90000', 'profile=1'],
        [99, 'AV1/90000', 'profile=0'],
      ],
      'av1/99/-',
    ],
    ['AV1 of no told profile', [[98, 'AV1/90000'], vp8], 'av1/98/-'],
    ['with the rtx of its own', [[97, 'rtx/90000', 'apt=5'], [98, 'RTX/90000', 'apt=96'], vp8], 'vp8/96/98'],
    ['with the first rtx of two', [vp8, [97, 'rtx/90000', 'apt=96'], [98, 'rtx/90000', 'apt=96']], 'vp8/96/97'],
    ['parameters in any case', [[97, 'H264/90000', 'Packetization-Mode=1; Profile-Level-Id=42E01F'], vp8], 'h264/97/-'],
  ])('%s', (_, codecs, chosen) => {
    const { tracks } = answerTo(withVideo('sendonly', ...codecs)).plan;
    const payloads = tracks.find(({ kind }) => kind === 'video')?.payloads ?? [];
    expect(payloads.map(({ codec, pt, rtxPt }) => `${codec.name}/${pt}/${rtxPt ?? '-'}`)).toEqual([chosen]);
  });
});

describe('an H264 profile', () => {
  it.each<[string, H264Profile | undefined]>([
    ['42e01f', 'constrained-baseline'],
    ['42C01E', 'constrained-baseline'],
    ['42001f', 'baseline'],
    ['4d001f', 'main'],
    ['4d401f', 'main'],
    ['4d801f', 'constrained-baseline'],
    ['64001f', 'high'],
    ['640c1f', 'high'],
    ['f4001f', 'high-444'],
    ['58001f', undefined],
    ['6e0028', undefined],
    ['42e01', undefined],
    ['42e01fff', undefined],
    ['nonsen', undefined],
    ['', undefined],
  ])('%s is %s', (profileLevelId, profile) => {
    expect(h264Profile(profileLevelId)).toBe(profile);
  });

  it('is Baseline where none is told', () => {
    expect(h264Profile()).toBe('baseline');
  });
});
