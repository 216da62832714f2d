import { expect, test } from 'vitest';
import { codecsAmong, inOrder, type Quality, sendLayers } from '../../web/src/lib/send-layers.ts';

const hd: Quality = { height: 720, frameRate: 30, maxBitrateBps: 2_500_000 };
const layered: Quality = { ...hd, isLayered: true };

test('one layer alone has no name, and the whole bitrate', () => {
  expect(sendLayers(hd, 720)).toEqual([
    { active: true, scaleResolutionDownBy: 1, maxBitrate: 2_500_000, maxFramerate: 30 },
  ]);
});

test('three layers come smallest first, each half as high as the next', () => {
  expect(sendLayers(layered, 720).map(({ rid, scaleResolutionDownBy }) => [rid, scaleResolutionDownBy])).toEqual([
    ['q', 4],
    ['h', 2],
    ['f', 1],
  ]);
  const bitrates = sendLayers(layered, 720).map(({ maxBitrate }) => maxBitrate);
  expect(bitrates).toEqual(bitrates.toSorted((a, b) => a - b));
});

test('a picture larger than wanted is made smaller, a smaller one is left', () => {
  expect(sendLayers(hd, 1440)[0]?.scaleResolutionDownBy).toBe(2);
  expect(sendLayers(hd, 480)[0]?.scaleResolutionDownBy).toBe(1);
  expect(sendLayers({ ...hd, height: Number.POSITIVE_INFINITY }, 2160)[0]?.scaleResolutionDownBy).toBe(1);
  expect(sendLayers(layered, 1080).at(0)?.scaleResolutionDownBy).toBe(6);
});

test('of a small picture fewer layers are sent, and the last of them is always the whole of it', () => {
  const sentOf = (shortSide: number) =>
    sendLayers(layered, shortSide).flatMap(({ active, scaleResolutionDownBy }) =>
      active ? [scaleResolutionDownBy] : [],
    );
  expect(sentOf(720)).toEqual([4, 2, 1]);
  expect(sentOf(480)).toEqual([2, 1]);
  expect(sentOf(240)).toEqual([1]);
  expect(sentOf(0)).toEqual([4, 2, 1]);
});

test('a layer that is not sent comes after all that are', () => {
  for (const shortSide of [0, 144, 240, 360, 480, 540, 719, 720, 1080, 2160]) {
    const active = sendLayers(layered, shortSide).map((layer) => layer.active);
    expect(active).toEqual(active.toSorted((a, b) => Number(b) - Number(a)));
    expect(active[0]).toBe(true);
  }
});

test('VP9 and AV1 are told to make layers that stand alone', () => {
  const modes = (codec: Quality['codec']) => sendLayers({ ...layered, codec }, 720).map((one) => one.scalabilityMode);
  expect(modes('av1')).toEqual(['L1T1', 'L1T1', 'L1T1']);
  expect(modes('h264')).toEqual([undefined, undefined, undefined]);
});

const codecs = ['video/VP8', 'video/rtx', 'video/AV1', 'video/H264', 'video/VP9'].map((mimeType) => ({ mimeType }));
const named = (wanted: Quality['codec']) => inOrder(codecs, wanted).map(({ mimeType }) => mimeType);

test('what most can play comes first, unless another codec is wanted, and none is left out', () => {
  expect(named(undefined)).toEqual(['video/H264', 'video/VP8', 'video/rtx', 'video/AV1', 'video/VP9']);
  expect(named('vp9')).toEqual(['video/VP9', 'video/H264', 'video/VP8', 'video/rtx', 'video/AV1']);
});

test('only what the browser can send is offered for choice', () => {
  expect(codecsAmong(codecs)).toEqual(['h264', 'vp8', 'vp9', 'av1']);
  expect(codecsAmong([{ mimeType: 'video/VP8' }, { mimeType: 'video/rtx' }])).toEqual(['vp8']);
});
