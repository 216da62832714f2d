import { connectionAdvice } from './connection-advice.ts';
import { encoderAdvice } from './encoder-advice.ts';
import { soundAdvice } from './sound-advice.ts';
import type { StreamHealth } from './stream-health.ts';

/** `error`: viewers do not see or hear it as it is meant. `warning`: they suffer at times. `hint`: it could be better. */
export type Severity = 'error' | 'warning' | 'hint';

export type AdviceCode = keyof typeof remedies;

interface Remedy {
  readonly severity: Severity;
  /** What to set in OBS, by its menus. */
  readonly obs?: string;
  /** What to do in the site's own studio. */
  readonly studio?: string;
}

/** What is noticed about a stream: the code, and in words what is the matter. */
export interface Finding {
  readonly code: AdviceCode;
  readonly text: string;
}

/** What a streamer would do well to change. */
export type Advice = Finding & Remedy;

const RATE_IN_OBS = 'Settings › Output › Streaming › Bitrate';
const KEYFRAMES_IN_OBS =
  'Settings › Output › Streaming › Keyframe Interval: 2 s (Output Mode: Advanced; 0 means as it likes)';
const BUSY_IN_OBS =
  'Settings › Output › Streaming: a faster preset, or a hardware encoder; Settings › Video: a smaller Output Resolution. View › Stats tells which frames are skipped';
const LESS_IN_STUDIO = 'Choose a lower quality: Settings › Resolution or Bitrate. It holds at once, you stay live';

/** The worst first: in this order advice is shown. */
const remedies = {
  no_picture: {
    severity: 'error',
    obs: 'Look at the preview: is the scene empty, or its source hidden?',
    studio: 'Choose the camera or the screen again',
  },
  no_sound: {
    severity: 'error',
    obs: 'Settings › Audio › Global Audio Devices: choose your microphone',
    studio: 'Choose the microphone again',
  },
  undecodable: {
    severity: 'error',
    obs: 'Settings › Output › Streaming › Profile: high, main or baseline; Settings › Advanced › Video › Color Format: NV12',
  },
  b_frames: {
    severity: 'error',
    obs: 'Settings › Output › Streaming › B-Frames: 0; with x264 write bframes=0 into x264 Options',
  },
  reconnecting: { severity: 'warning', studio: 'Use a cable in place of Wi-Fi, or go nearer to the router' },
  over_link: { severity: 'warning', obs: RATE_IN_OBS, studio: LESS_IN_STUDIO },
  loss: { severity: 'warning', obs: RATE_IN_OBS, studio: LESS_IN_STUDIO },
  collapse: { severity: 'warning', obs: RATE_IN_OBS, studio: LESS_IN_STUDIO },
  silent_sound: {
    severity: 'warning',
    obs: 'Audio Mixer: is a source muted? Settings › Audio: is it the right device?',
    studio: 'Look whether the microphone is muted, here or by a switch of its own',
  },
  keyframe_interval: { severity: 'warning', obs: KEYFRAMES_IN_OBS },
  irregular_keyframes: { severity: 'warning', obs: KEYFRAMES_IN_OBS },
  deaf: { severity: 'warning', obs: KEYFRAMES_IN_OBS },
  overloaded: {
    severity: 'warning',
    obs: BUSY_IN_OBS,
    studio: 'Close other programs, choose a lower quality, or give the camera more light',
  },
  skipped_frames: { severity: 'warning', obs: BUSY_IN_OBS },
  clock_drift: {
    severity: 'hint',
    obs: 'Settings › Audio › Sample Rate: 48 kHz, and the same for the device in the system’s own sound settings',
  },
  no_reports: { severity: 'hint', obs: 'Update OBS: version 30 and later send them' },
} as const satisfies Record<string, Remedy>;

const codes = Object.keys(remedies) as AdviceCode[];

/** What a streamer would do well to change, the worst first. */
export function adviceOn(health: StreamHealth, nowMs: number): Advice[] {
  const findings = [...connectionAdvice(health, nowMs), ...soundAdvice(health), ...encoderAdvice(health, nowMs)];
  return worstFirst(findings.map((finding) => ({ ...finding, ...remedies[finding.code] })));
}

export function worstFirst(advice: readonly Advice[]): Advice[] {
  return advice.toSorted((a, b) => codes.indexOf(a.code) - codes.indexOf(b.code));
}
