import { readFileSync } from 'node:fs';

/** Offers of real clients, for tests that need one that is answered. */
export const obsOffer = read('obs-32.2.2');
export const obsSimulcastOffer = read('obs-32.2.2-simulcast-3');
export const chromiumPlayOffer = read('chromium-156-play');
export const ffmpegOffer = read('ffmpeg-9.0.2-whip');

function read(name: string): string {
  return readFileSync(new URL(`../interop/offers/${name}.sdp`, import.meta.url), 'utf8');
}
