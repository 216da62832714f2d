import { readFileSync } from 'node:fs';

/** Offers of real clients, for tests that need one that is answered. */
export const obsOffer = read('obs-32.2.2');
export const obsSimulcastOffer = read('obs-32.2.2-simulcast-3');
export const chromiumPlayOffer = read('chromium-156-play');
/** The same with data channels beside the media, as Chromium writes them. */
export const chromiumChatOffer = `${chromiumPlayOffer.replace(/^a=group:BUNDLE .*$/m, '$& 9')}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:9\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n`;
export const ffmpegOffer = read('ffmpeg-9.0.2-whip');

function read(name: string): string {
  return readFileSync(new URL(`../interop/offers/${name}.sdp`, import.meta.url), 'utf8');
}
