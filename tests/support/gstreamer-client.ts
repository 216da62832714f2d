import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterTest } from './after-test.ts';
import { EncoderProcess } from './encoder-process.ts';
import { requireTool, whipClient } from './tools.ts';

const SOUND = 'audiotestsrc is-live=true ! audioconvert ! audioresample ! queue ! opusenc';
const PICTURE =
  'videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=640,height=360,framerate=30/1 ! queue';

const encoders = {
  VP8: 'vp8enc deadline=1 keyframe-max-dist=60 ! rtpvp8pay pt=96',
  H264: [
    'x264enc tune=zerolatency speed-preset=ultrafast key-int-max=60',
    'video/x-h264,profile=constrained-baseline',
    'rtph264pay config-interval=-1 pt=96',
  ].join(' ! '),
} as const;

export type GstreamerCodec = keyof typeof encoders;

/** A ball and a tone, by GStreamer's webrtcbin. */
export function publishWithGstreamer(
  { whipUrl, key }: { whipUrl: string; key: string },
  codec: GstreamerCodec,
): EncoderProcess {
  const video = `${PICTURE} ! ${encoders[codec]} ! application/x-rtp,media=video,encoding-name=${codec},payload=96`;
  const audio = `${SOUND} ! rtpopuspay pt=100 ! application/x-rtp,media=audio,encoding-name=OPUS,payload=100`;
  const args = ['-u', whipUrl, '-t', key, '-o', '-A', audio, '-V', video];
  return new EncoderProcess(requireTool(whipClient), args, withBothSoups());
}

/**
 * In Debian 12 the client is linked with libsoup 2, and GStreamer's ICE with a library that is linked with libsoup 3 and
 * never used here. The third one ends any program that has a symbol of the second: its copy looks for another name.
 */
function withBothSoups(): Record<string, string> {
  const library = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const soup = join('/usr/lib', library, 'libsoup-3.0.so.0');
  if (!existsSync(soup)) return {};
  const bytes = readFileSync(soup);
  const at = bytes.indexOf('soup_uri_new\0');
  if (at < 0) return {};
  bytes.write('soup_url_new', at);
  const folder = mkdtempSync(join(tmpdir(), 'freshet-soup-'));
  afterTest(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'libsoup-3.0.so.0'), bytes);
  return { LD_LIBRARY_PATH: folder };
}
