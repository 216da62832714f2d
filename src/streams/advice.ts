import type { StreamHealth } from './stream-health.ts';

const LOSSY = 0.02;
const OFTEN_LOST = 3;
const LONG_INTERVAL_MS = 4_000;
/** PLIs in a row that brought no keyframe: one or two may have been lost. */
const DEAF_AFTER = 3;

export type AdviceCode =
  | 'reconnecting'
  | 'loss'
  | 'collapse'
  | 'no_sound'
  | 'no_picture'
  | 'b_frames'
  | 'keyframe_interval'
  | 'deaf';

export interface Advice {
  readonly code: AdviceCode;
  /** In words for the streamer. */
  readonly text: string;
}

/** What a streamer would do well to change, the worst first. */
export function adviceOn(health: StreamHealth, nowMs: number): Advice[] {
  return [...connectionAdvice(health, nowMs), ...silenceAdvice(health), ...encoderAdvice(health)];
}

function* connectionAdvice(health: StreamHealth, nowMs: number): Generator<Advice> {
  const timesLost = health.timesLost(nowMs);
  if (timesLost >= OFTEN_LOST) {
    yield {
      code: 'reconnecting',
      text: `Your connection to the server broke ${timesLost} times within five minutes. A cable in place of Wi-Fi keeps it steadier.`,
    };
  }
  const share = Math.max(health.lossShare('video') ?? 0, health.lossShare('audio') ?? 0);
  if (share > LOSSY) {
    const percent = Math.round(share * 100);
    yield {
      code: 'loss',
      text: `${percent} % of what you send is lost on its way to the server. Use a cable in place of Wi-Fi, or lower the bitrate.`,
    };
  }
  if (health.hasCollapsed) {
    yield {
      code: 'collapse',
      text: 'Your bitrate has collapsed: the connection carries less than it did. Lower the quality, or see what else uses the line.',
    };
  }
}

function* silenceAdvice(health: StreamHealth): Generator<Advice> {
  if (health.isSilent('audio'))
    yield {
      code: 'no_sound',
      text: 'No sound arrives. Look whether the microphone or the sound source is switched off.',
    };
  if (health.isSilent('video'))
    yield { code: 'no_picture', text: 'No picture arrives. Look whether the camera or the scene is switched off.' };
}

function* encoderAdvice(health: StreamHealth): Generator<Advice> {
  const layers = health.tracks.filter(({ kind }) => kind === 'video').flatMap((track) => track.layers);
  if (layers.some(({ hasBFrames }) => hasBFrames)) {
    yield {
      code: 'b_frames',
      text: 'Your encoder sends B-frames, which browsers show in the wrong order: the picture jerks. Set B-frames to 0.',
    };
  }
  const isDeaf = layers.some(({ unansweredRequests }) => unansweredRequests >= DEAF_AFTER);
  const hasAnswered = !isDeaf && layers.some(({ keyframeRequests }) => keyframeRequests > 0);
  const intervalMs = health.keyframeRhythmMs ?? (isDeaf ? Math.max(0, ...layers.map(ownInterval)) : 0);
  if (intervalMs > LONG_INTERVAL_MS && !hasAnswered) {
    const seconds = Math.round(intervalMs / 1000);
    yield {
      code: 'keyframe_interval',
      text: `Your encoder sends a keyframe only every ${seconds} seconds, so new viewers may wait that long. Set the keyframe interval to 2 s.`,
    };
  } else if (isDeaf) {
    yield {
      code: 'deaf',
      text: 'Your encoder sends no keyframe when it is asked for one, so new viewers wait. Set the keyframe interval to 2 s.',
    };
  }
}

const ownInterval = ({ keyframeIntervalMs = 0 }: { readonly keyframeIntervalMs?: number }) => keyframeIntervalMs;

const SHOWN_MS = 10_000;

/** What the streamer is told now: each advice for a while after its reason is gone, so that it does not flicker. */
export class AdviceBoard {
  readonly #shown = new Map<AdviceCode, { readonly text: string; readonly untilMs: number }>();

  get texts(): string[] {
    return [...this.#shown.values()].map(({ text }) => text);
  }

  /** Whether an advice came or went; new words for the same one do not count. */
  update(advice: readonly Advice[], nowMs: number): boolean {
    const before = [...this.#shown.keys()].sort().join();
    for (const { code, text } of advice) this.#shown.set(code, { text, untilMs: nowMs + SHOWN_MS });
    for (const [code, { untilMs }] of this.#shown) if (untilMs <= nowMs) this.#shown.delete(code);
    return before !== [...this.#shown.keys()].sort().join();
  }
}
