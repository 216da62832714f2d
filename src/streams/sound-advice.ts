import type { Finding } from './advice.ts';
import type { StreamHealth } from './stream-health.ts';

/** A minute of this is 18 ms, an hour a second. */
const DRIFT_PPM = 300;

/** What is missing, silent, or out of step. */
export function* soundAdvice(health: StreamHealth): Generator<Finding> {
  if (health.isAbsent('audio')) {
    yield {
      code: 'no_sound',
      text: 'No sound arrives. Look whether the microphone or the sound source is switched off.',
    };
  }
  if (health.isAbsent('video')) {
    yield { code: 'no_picture', text: 'No picture arrives. Look whether the camera or the scene is switched off.' };
  }
  if (health.hasSilentSound) {
    yield {
      code: 'silent_sound',
      text: 'Your sound is all silence, not even a hiss: its source is muted, or none is chosen.',
    };
  }
  if (health.lacksReports) {
    yield {
      code: 'no_reports',
      text: 'Your encoder does not tell how sound and picture belong together (no RTCP sender reports), so lips may run out of sync.',
    };
  }
  const ppm = health.driftPpm;
  if (ppm !== undefined && Math.abs(ppm) > DRIFT_PPM) {
    const [ahead, behind] = ppm > 0 ? ['sound', 'picture'] : ['picture', 'sound'];
    yield {
      code: 'clock_drift',
      text: `The clock of your ${ahead} runs faster than that of the ${behind}, by ${Math.round(Math.abs(ppm) * 0.06)} ms each minute.`,
    };
  }
}
