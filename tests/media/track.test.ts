import { describe, expect, test } from 'vitest';
import type { Layer } from '#src/media/layer.ts';
import { PublisherTrack } from '#src/media/track.ts';
import { input, makeLayer, pushed, vp8Payload } from './packets.ts';

function keyframe(layer: Layer, seq: number, width: number, nowMs: number): void {
  const head = vp8Payload({ pictureId: 1, tl0PicIdx: 0, isKey: true }).subarray(0, 6);
  const frame = [0x10, 0, 0, 0x9d, 0x01, 0x2a, width & 0xff, width >> 8, 100, 0];
  pushed(layer, input(seq, { codec: 'vp8', payload: Uint8Array.from([...head, ...frame]) }), nowMs);
}

function simulcast() {
  const [low, high] = [makeLayer({ rid: 'l' }), makeLayer({ rid: 'h' })];
  return { low, high, track: new PublisherTrack({ mid: '0', kind: 'video', layers: [low, high] }) };
}

describe('the best layer of a track', () => {
  test('is unknown before any packet', () => {
    expect(simulcast().track.best(0)).toBe(undefined);
  });

  test('has the largest picture', () => {
    const { low, high, track } = simulcast();
    keyframe(high, 0, 1280, 0);
    for (let seq = 0; seq < 10; seq++) keyframe(low, seq, 640, 10);
    expect(track.best(20)).toBe(high);
  });

  test('is not one that fell silent', () => {
    const { low, high, track } = simulcast();
    keyframe(high, 0, 1280, 0);
    keyframe(low, 0, 640, 500);
    const otherWay = new PublisherTrack({ mid: '0', kind: 'video', layers: [high, low] });
    for (const each of [track, otherWay]) {
      expect(each.best(900)).toBe(high);
      expect(each.best(1100)).toBe(low);
    }
  });

  test('is the last one heard when all are silent', () => {
    const { low, high, track } = simulcast();
    keyframe(low, 0, 640, 0);
    keyframe(high, 0, 1280, 500);
    expect(track.best(10_000)).toBe(high);
  });

  test('has the highest bitrate where no size is known', () => {
    const { low, high, track } = simulcast();
    pushed(low, input(0), 0);
    for (let seq = 0; seq < 10; seq++) pushed(high, input(seq), 0);
    expect(track.best(20)).toBe(high);
    expect(track.layers.get('l')).toBe(low);
  });
});

describe('a keyframe that is wanted', () => {
  /** PLIs for the upper layer while the lower one goes on, both or one of them from the start. */
  function asked(isUpperOn: (nowMs: number) => boolean, isLowerOn: (nowMs: number) => boolean) {
    const { low, high, track } = simulcast();
    const times: number[] = [];
    for (let nowMs = 0; nowMs < 8000; nowMs += 50) {
      if (isUpperOn(nowMs)) pushed(high, input(nowMs / 50), nowMs);
      if (isLowerOn(nowMs)) pushed(low, input(nowMs / 50), nowMs);
      if (nowMs >= 2000) high.keyframes.want(nowMs);
      if (track.isKeyframeDue(high, nowMs)) times.push(nowMs);
    }
    return { times, keyframes: high.keyframes };
  }

  test('of a layer that its encoder switched off is not asked for, nor is the encoder held deaf', () => {
    const { times, keyframes } = asked(
      (nowMs) => nowMs < 500,
      () => true,
    );
    expect(times).toEqual([]);
    expect(keyframes.areHeeded).toBe(undefined);
  });

  test('is asked for once that layer is back', () => {
    const { times } = asked(
      (nowMs) => nowMs < 500 || nowMs >= 6000,
      () => true,
    );
    expect(times[0]).toBe(6000);
  });

  test('of a picture that stands still as a whole is asked for', () => {
    const { times } = asked(
      (nowMs) => nowMs < 500,
      (nowMs) => nowMs < 500,
    );
    expect(times[0]).toBe(2000);
  });
});
