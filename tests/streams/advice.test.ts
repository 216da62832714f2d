import { describe, expect, it } from 'vitest';
import type { LayerStats, TrackStats } from '../../src/media/stats.ts';
import { AdviceBoard, adviceOn } from '../../src/streams/advice.ts';
import { StreamHealth } from '../../src/streams/stream-health.ts';
import { layerStats } from '../support/layer-stats.ts';

const GOOD = { bitrateBps: 2_500_000, framesPerSecond: 30, width: 1280, height: 720 };

/** A publisher whose media is measured each second. */
class Publisher {
  readonly health = new StreamHealth();
  nowMs = 0;
  #video = layerStats(GOOD);
  #audioPackets = 0;

  /** What each second brings: 250 packets of video and 50 of audio, where nothing else is said. */
  run(seconds: number, change: Partial<LayerStats> = {}, { video = 250, audio = 50, lost = 0, recovered = 0 } = {}) {
    for (let second = 0; second < seconds; second += 1) {
      this.nowMs += 1000;
      this.#audioPackets += audio;
      const { packets } = this.#video;
      this.#video = {
        ...this.#video,
        ...change,
        packets: packets + video - lost,
        lost: this.#video.lost + lost,
        recovered: this.#video.recovered + recovered,
      };
      this.health.measured(
        [track('video', this.#video), track('audio', layerStats({ packets: this.#audioPackets }))],
        this.nowMs,
      );
    }
    return this;
  }

  get codes(): string[] {
    return adviceOn(this.health, this.nowMs).map(({ code }) => code);
  }

  get texts(): string {
    return adviceOn(this.health, this.nowMs)
      .map(({ text }) => text)
      .join(' ');
  }
}

function track(kind: 'audio' | 'video', layer: LayerStats): TrackStats {
  const { packets, lost } = layer;
  return { kind, codec: kind === 'audio' ? 'opus' : 'h264', fmtp: '', packets, lost, layers: [layer] };
}

describe('advice', () => {
  it('is none where all is well', () => {
    const publisher = new Publisher().run(60, { keyframeIntervalMs: 2000, keyframes: 30 });
    expect(publisher.codes).toEqual([]);
  });

  it('speaks of loss on the way here, also where it was mended', () => {
    const lossy = new Publisher().run(20, {}, { lost: 5, recovered: 5 });
    expect(lossy.texts).toContain('4 % of what you send');
    expect(lossy.health.lossShare('video', '')).toBeCloseTo(0.04);
    expect(new Publisher().run(20, {}, { lost: 2 }).codes).toEqual([]);
  });

  it('forgets loss once it is over for ten seconds', () => {
    const publisher = new Publisher().run(20, {}, { lost: 10 });
    expect(publisher.codes).toEqual(['loss']);
    expect(publisher.run(11).codes).toEqual([]);
  });

  it('does not judge a line by a few packets', () => {
    expect(new Publisher().run(12, {}, { video: 2, audio: 0, lost: 1 }).health.lossShare('video')).toBeUndefined();
  });

  it('speaks of missing sound and of a missing picture after five seconds', () => {
    const publisher = new Publisher().run(10);
    expect(publisher.run(4, {}, { audio: 0 }).codes).toEqual([]);
    expect(publisher.run(2, {}, { audio: 0 }).codes).toEqual(['no_sound']);
    expect(publisher.run(6, { bitrateBps: 0 }, { video: 0 }).codes).toContain('no_picture');
  });

  it('says nothing of silence where nothing at all comes: that is a lost publisher', () => {
    expect(new Publisher().run(10).run(8, {}, { audio: 0, video: 0 }).codes).toEqual([]);
  });

  it('speaks of B-frames', () => {
    expect(new Publisher().run(3, { hasBFrames: true }).codes).toEqual(['b_frames']);
  });

  it('speaks of keyframes that are far apart by the encoder’s own rhythm', () => {
    const publisher = new Publisher().run(10, { keyframes: 2, keyframeIntervalMs: 10_000 });
    expect(publisher.codes).toEqual([]);
    publisher.run(10, { keyframes: 3, keyframeIntervalMs: 10_020 });
    expect(publisher.texts).toContain('only every 10 seconds');
    expect(publisher.run(1, { keyframes: 4, keyframeIntervalMs: 2000 }).codes).toEqual([]);
  });

  it('does not mind rare keyframes of an encoder that sends one when asked', () => {
    const publisher = new Publisher().run(10, { keyframes: 2, keyframeIntervalMs: 30_000, keyframeRequests: 2 });
    expect(publisher.run(30, { keyframes: 3, keyframeIntervalMs: 30_000 }).codes).toEqual([]);
  });

  it('does not take gaps of all lengths for a rhythm', () => {
    const publisher = new Publisher().run(5, { keyframes: 2, keyframeIntervalMs: 9_000 });
    expect(publisher.run(20, { keyframes: 3, keyframeIntervalMs: 20_000 }).codes).toEqual([]);
  });

  it('speaks of an encoder that is deaf to keyframe requests', () => {
    const asked = { keyframes: 2, keyframeIntervalMs: 2000, keyframeRequests: 3 };
    expect(new Publisher().run(5, { ...asked, unansweredRequests: 2 }).codes).toEqual([]);
    expect(new Publisher().run(5, { ...asked, unansweredRequests: 3 }).codes).toEqual(['deaf']);
  });

  it('speaks of a bitrate that collapsed with the size of the picture, or with loss', () => {
    const shrunk = new Publisher().run(60).run(8, { bitrateBps: 400_000, width: 640, height: 360 });
    expect(shrunk.codes).toEqual(['collapse']);
    expect(new Publisher().run(60).run(8, { bitrateBps: 400_000 }, { lost: 4 }).codes).toEqual(['collapse']);
  });

  it('does not take a quiet picture for a bad line', () => {
    expect(new Publisher().run(60).run(8, { bitrateBps: 100_000 }).codes).toEqual([]);
  });

  it('speaks of a connection that broke three times in five minutes, and not for ever', () => {
    const publisher = new Publisher().run(1);
    for (let times = 0; times < 3; times += 1) publisher.health.publisherLost(publisher.nowMs);
    publisher.health.restarted();
    expect(publisher.run(10).codes).toEqual(['reconnecting']);
    expect(publisher.texts).toContain('3 times');
    expect(publisher.run(300).codes).toEqual([]);
  });

  it('of another publisher is not about the one before', () => {
    const publisher = new Publisher().run(20, { hasBFrames: true }, { lost: 20 });
    publisher.health.restarted();
    expect(publisher.codes).toEqual([]);
  });
});

describe('the board of advice', () => {
  const loss = (text: string) => ({ code: 'loss', text }) as const;

  it('tells when an advice comes or goes, and not when its words change', () => {
    const board = new AdviceBoard();
    expect(board.update([loss('3 %')], 0)).toBe(true);
    expect(board.update([loss('4 %')], 1000)).toBe(false);
    expect(board.texts).toEqual(['4 %']);
  });

  it('keeps an advice for ten seconds, so that it does not flicker', () => {
    const board = new AdviceBoard();
    board.update([loss('3 %')], 0);
    expect([board.update([], 9_000), board.texts]).toEqual([false, ['3 %']]);
    expect([board.update([], 10_000), board.texts]).toEqual([true, []]);
  });
});
