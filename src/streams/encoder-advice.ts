import { isDecodedEverywhere } from '../media/codecs/picture-format.ts';
import type { LayerStats } from '../media/stats.ts';
import type { Finding } from './advice.ts';
import type { StreamHealth } from './stream-health.ts';

const LONG_INTERVAL_MS = 4_000;
/** Intervals that differ by more than this are no rhythm. */
const UNEVEN = 2;
const MIN_INTERVALS = 3;
const SKIPPED = 0.08;

/** How the picture is encoded. */
export function* encoderAdvice(health: StreamHealth, nowMs: number): Generator<Finding> {
  const layers = health.videoLayers;
  const format = layers.map((layer) => layer.format).find((one) => one && !isDecodedEverywhere(one));
  if (format) {
    const level = format.level === undefined ? '' : `, level ${format.level}`;
    yield {
      code: 'undecodable',
      text: `Many browsers can not show the profile that your encoder sends (${format.profile}${level}): their viewers see no picture.`,
    };
  }
  const hasBFrames = layers.some((layer) => layer.hasBFrames);
  if (hasBFrames) {
    yield {
      code: 'b_frames',
      text: 'Your encoder sends B-frames, which browsers show in the wrong order: the picture jerks. Set B-frames to 0.',
    };
  }
  yield* keyframeAdvice(health, layers, nowMs);
  yield* paceAdvice(health, layers, hasBFrames);
}

/** Only of an encoder that sends none when it is asked: others may send them as seldom as they like. */
function* keyframeAdvice(health: StreamHealth, layers: readonly LayerStats[], nowMs: number): Generator<Finding> {
  if (!layers.some(({ heedsRequests }) => heedsRequests === false)) return;
  const { intervalsMs } = health.keyframes;
  const longestMs = Math.max(0, ...intervalsMs, health.keyframes.sinceLastMs(nowMs));
  if (longestMs <= LONG_INTERVAL_MS) return;
  const seconds = Math.round(longestMs / 1000);
  if (intervalsMs.length >= MIN_INTERVALS && longestMs > Math.min(...intervalsMs) * UNEVEN) {
    yield {
      code: 'irregular_keyframes',
      text: `Your encoder sends keyframes when it likes, at times only after ${seconds} seconds, so some viewers wait that long. Set the keyframe interval to 2 s.`,
    };
  } else if (intervalsMs.length > 0) {
    yield {
      code: 'keyframe_interval',
      text: `Your encoder sends a keyframe only every ${seconds} seconds, so new viewers may wait that long. Set the keyframe interval to 2 s.`,
    };
  } else {
    yield {
      code: 'deaf',
      text: 'Your encoder sends no keyframe when it is asked for one, so new viewers wait. Set the keyframe interval to 2 s.',
    };
  }
}

function* paceAdvice(health: StreamHealth, layers: readonly LayerStats[], hasBFrames: boolean): Generator<Finding> {
  const fall = health.frameRateFall;
  if (fall) {
    yield {
      code: 'overloaded',
      text: `Your pictures come at ${Math.round(fall.to)} a second, where there were ${Math.round(fall.from)}, at the same bitrate: computer or camera can not keep up.`,
    };
    return;
  }
  // Of a browser it says nothing: a screen it captures has no rate of its own. And B-frames have no order.
  const hasOwnRate = !hasBFrames && !layers.some(({ heedsRequests }) => heedsRequests);
  const share = hasOwnRate ? (health.skippedShare ?? 0) : 0;
  if (share > SKIPPED) {
    yield {
      code: 'skipped_frames',
      text: `Your encoder leaves out ${Math.round(share * 100)} % of its pictures, so movements stutter: the computer is too busy.`,
    };
  }
}
