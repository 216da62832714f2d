import { describe, expect, it } from 'vitest';
import type { LayerStats, TrackStats } from '../../src/media/stats.ts';
import { adviceOn } from '../../src/streams/advice.ts';
import { StreamHealth } from '../../src/streams/stream-health.ts';
import { layerStats } from '../support/layer-stats.ts';

const GOOD = { bitrateBps: 2_500_000, framesPerSecond: 30, width: 1280, height: 720, senderReports: 1 };

/** A publisher whose media is measured each second. */
class Publisher {
  readonly health = new StreamHealth();
  nowMs = 0;
  #video = layerStats(GOOD);
  #sound = layerStats({ senderReports: 1 });

  /** What each second brings: 250 packets of video and 50 of audio, where nothing else is said. */
  run(
    seconds: number,
    change: Partial<LayerStats> = {},
    { video = 250, audio = 50, lost = 0, recovered = 0, skipped = 0, silent = 0, sent = 0, arrived = 0 } = {},
    sound: Partial<LayerStats> = {},
  ) {
    for (let second = 0; second < seconds; second += 1) {
      this.nowMs += 1000;
      const { packets, frames, skippedFrames, sentBytes, arrivedBytes } = this.#video;
      this.#sound = {
        ...this.#sound,
        ...sound,
        packets: this.#sound.packets + audio,
        silentPackets: this.#sound.silentPackets + silent,
      };
      this.#video = {
        ...this.#video,
        ...change,
        packets: packets + video - lost,
        lost: this.#video.lost + lost,
        recovered: this.#video.recovered + recovered,
        frames: frames + 30 - skipped,
        skippedFrames: skippedFrames + skipped,
        sentBytes: sentBytes + sent,
        arrivedBytes: arrivedBytes + arrived,
      };
      this.health.measured([track('video', this.#video), track('audio', this.#sound)], this.nowMs);
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

  it('speaks of keyframes that are far apart, as long as they are', () => {
    const publisher = new Publisher().run(10, { keyframes: 2, keyframeIntervalMs: 10_000, heedsRequests: false });
    expect(publisher.texts).toContain('only every 10 seconds');
    for (let keyframes = 3; keyframes < 36; keyframes += 1) publisher.run(2, { keyframes, keyframeIntervalMs: 2000 });
    expect(publisher.codes).toEqual([]);
  });

  it('does not mind rare keyframes of an encoder that sends one when asked', () => {
    const publisher = new Publisher().run(10, { keyframes: 2, keyframeIntervalMs: 30_000, heedsRequests: true });
    expect(publisher.run(30, { keyframes: 3, keyframeIntervalMs: 30_000 }).codes).toEqual([]);
  });

  it('says nothing of rare keyframes before it is known whether they come when asked for', () => {
    const publisher = new Publisher().run(10, { keyframes: 2, keyframeIntervalMs: 5_000, keyframeRequests: 1 });
    expect(publisher.run(10, { keyframes: 3, keyframeIntervalMs: 5_000 }).codes).toEqual([]);
  });

  it('speaks of an encoder that is deaf to keyframe requests, before its second keyframe and after', () => {
    const publisher = new Publisher().run(4, { keyframes: 1, heedsRequests: false });
    expect(publisher.codes).toEqual([]);
    expect(publisher.run(3).codes).toEqual(['deaf']);
    publisher.run(3, { keyframes: 2, keyframeIntervalMs: 10_000 });
    expect(publisher.texts).toContain('only every 10 seconds');
  });

  it('does not mind an encoder that hears no requests and sends a keyframe every other second', () => {
    const publisher = new Publisher();
    for (let keyframes = 1; keyframes < 10; keyframes += 1) {
      publisher.run(2, { keyframes, heedsRequests: false, keyframeIntervalMs: 2000 });
      expect(publisher.codes).toEqual([]);
    }
  });

  it('speaks of keyframes that come when the encoder likes, and forgets it once they are regular for a minute', () => {
    const publisher = new Publisher();
    let keyframes = 0;
    const group = (seconds: number) => {
      keyframes += 1;
      return publisher.run(seconds, { keyframes, heedsRequests: false, keyframeIntervalMs: seconds * 1000 });
    };
    for (const seconds of [1, 7, 2, 6]) group(seconds);
    expect(publisher.codes).toEqual(['irregular_keyframes']);
    expect(publisher.texts).toContain('after 7 seconds');
    for (let times = 0; times < 32; times += 1) group(2);
    expect(publisher.codes).toEqual([]);
  });

  it('speaks of a bitrate that collapsed with the size of the picture, or with loss', () => {
    const shrunk = new Publisher().run(60).run(8, { bitrateBps: 400_000, width: 640, height: 360 });
    expect(shrunk.codes).toEqual(['collapse']);
    expect(new Publisher().run(60).run(8, { bitrateBps: 400_000 }, { lost: 4 }).codes).toEqual(['collapse']);
  });

  it('says what a line carries when it is less than what is sent', () => {
    const publisher = new Publisher().run(12, {}, { lost: 20, sent: 750_000, arrived: 600_000 });
    expect(publisher.codes).toEqual(['over_link']);
    expect(publisher.texts).toContain('You send 6.0 Mbit/s, and only 4.8 come through');
    expect(publisher.texts).toContain('Set the bitrate to 3.8 Mbit/s');
    expect(publisher.run(11, {}, { sent: 400_000, arrived: 400_000 }).codes).toEqual([]);
  });

  it('does not believe a sender’s count alone', () => {
    expect(new Publisher().run(12, {}, { sent: 750_000, arrived: 600_000 }).codes).toEqual([]);
  });

  it.each([
    [{ profile: 'High 4:2:2', level: 4.1 }, ['undecodable']],
    [{ profile: 'High 10', level: 4.1 }, ['undecodable']],
    [{ profile: 'High', level: 6.1 }, ['undecodable']],
    [{ profile: 'Profile 2 (10 bit)' }, ['undecodable']],
    [{ profile: 'Professional' }, ['undecodable']],
    [{ profile: 'High', level: 5.2 }, []],
    [{ profile: 'Baseline', level: 3.1 }, []],
    [{ profile: 'Profile 0' }, []],
  ])('of pictures in %o is %o', (format, codes) => {
    expect(new Publisher().run(1, { format }).codes).toEqual(codes);
  });

  it('speaks of sound that is muted from the first, and not of sound that is sent with pauses', () => {
    const publisher = new Publisher().run(9, {}, { silent: 50 });
    expect(publisher.codes).toEqual([]);
    expect(publisher.run(3, {}, { silent: 50 }).codes).toEqual(['silent_sound']);
    expect(publisher.run(2).codes).toEqual([]);
    expect(new Publisher().run(30, {}, { audio: 3, silent: 3 }).codes).toEqual([]);
  });

  it('takes a noise gate for no fault, and silence of a minute for one', () => {
    const publisher = new Publisher().run(20).run(50, {}, { silent: 50 });
    expect(publisher.codes).toEqual([]);
    expect(publisher.run(12, {}, { silent: 50 }).codes).toEqual(['silent_sound']);
  });

  it('speaks of an encoder that sends no reports, once any would have', () => {
    const publisher = new Publisher().run(11, { senderReports: 0 });
    expect(publisher.codes).toEqual([]);
    expect(publisher.run(3).codes).toEqual(['no_reports']);
    expect(publisher.run(1, { senderReports: 1 }).codes).toEqual([]);
  });

  it('speaks of clocks that run apart, and says how far', () => {
    const publisher = new Publisher().run(12, { clockPpm: 20 }, {}, { clockPpm: 1020 });
    expect(publisher.codes).toEqual(['clock_drift']);
    expect(publisher.texts).toContain('your sound runs faster than that of the picture, by 60 ms each minute');
    expect(new Publisher().run(12, { clockPpm: 1000 }, {}, { clockPpm: 900 }).codes).toEqual([]);
    expect(new Publisher().run(12, { clockPpm: 1000 }).codes).toEqual([]);
  });

  it('speaks of pictures that an encoder leaves out, until it keeps up', () => {
    const publisher = new Publisher().run(12, {}, { skipped: 5 });
    expect(publisher.codes).toEqual(['skipped_frames']);
    expect(publisher.texts).toContain('17 % of its pictures');
    expect(publisher.run(11).codes).toEqual([]);
    expect(new Publisher().run(12, {}, { skipped: 2 }).codes).toEqual([]);
  });

  it('says nothing of the rate of a browser’s pictures: a screen has none of its own', () => {
    expect(new Publisher().run(12, { heedsRequests: true }, { skipped: 10 }).codes).toEqual([]);
  });

  it('speaks of a frame rate that falls while the bitrate stays', () => {
    const publisher = new Publisher().run(30);
    expect(publisher.run(3, { framesPerSecond: 14 }).codes).toEqual([]);
    publisher.run(4);
    expect(publisher.codes).toEqual(['overloaded']);
    expect(publisher.texts).toContain('at 14 a second, where there were 30');
    expect(new Publisher().run(30).run(8, { framesPerSecond: 14, bitrateBps: 1_000_000 }).codes).toEqual([]);
  });

  it('tells how bad it is and what to set, the worst first', () => {
    const publisher = new Publisher().run(15, { hasBFrames: true, senderReports: 0 }, { lost: 20 });
    expect(adviceOn(publisher.health, publisher.nowMs)).toMatchObject([
      { code: 'b_frames', severity: 'error', obs: expect.stringContaining('B-Frames: 0') },
      { code: 'loss', severity: 'warning', studio: expect.stringContaining('lower quality') },
      { code: 'no_reports', severity: 'hint' },
    ]);
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
