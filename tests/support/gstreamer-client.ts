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
  return new EncoderProcess(requireTool(whipClient), args, withoutUpnp());
}

/**
 * In Debian 12 the client is linked with libsoup 2, and libnice, by way of its UPnP, with libsoup 3, which ends any program
 * that has the other in it. So the client gets a copy of libnice whose names of UPnP lead to what does nothing.
 */
function withoutUpnp(): Record<string, string> {
  const platform = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const library = join('/usr/lib', platform, 'libnice.so.10');
  if (!existsSync(library)) return {};
  const folder = mkdtempSync(join(tmpdir(), 'freshet-libnice-'));
  afterTest(() => rmSync(folder, { recursive: true }));
  const renamed = readFileSync(library, 'latin1')
    .replace(/libgupnp-igd-1\.0\.so\.\d\0/, inPlace('libgio-2.0.so.0'))
    .replaceAll(/gupnp_simple_igd_[a-z_]+\0/g, inPlace('g_cancellable_get_current'));
  writeFileSync(join(folder, 'libnice.so.10'), renamed, 'latin1');
  return { LD_LIBRARY_PATH: folder };
}

/** Every name keeps its place and its length. */
function inPlace(name: string) {
  return (old: string): string => name.padEnd(old.length, '\0');
}
