import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ffmpeg, requireTool } from './tools.ts';

const run = promisify(execFile);

export interface EncodedMedia {
  /** H.264 access units in Annex B form, `fps` a second. */
  readonly video: readonly Buffer[];
  readonly fps: number;
  /** Access units from keyframe to keyframe. */
  readonly groupLength: number;
  /** Opus packets of 20 ms. */
  readonly audio: readonly Buffer[];
}

const USUAL = {
  width: 640,
  height: 360,
  fps: 30,
  seconds: 6,
  groupSeconds: 1,
  bitrateKbps: 1200,
  soundKbps: 128,
  /** One of ffmpeg's sources. */
  sound: 'sine=frequency=440:beep_factor=4:sample_rate=48000',
  /** Arguments for the picture that count in place of the usual ones. */
  encoder: [] as readonly string[],
};

/**
 * Some seconds of a moving test picture and a tone, encoded by ffmpeg the way a broadcaster's encoder does it:
 * H.264 main profile without B-frames, an access unit delimiter before every frame, stereo Opus.
 */
export async function makeMedia(wanted: Partial<typeof USUAL> = {}): Promise<EncodedMedia> {
  const media = { ...USUAL, ...wanted };
  const folder = await mkdtemp(join(tmpdir(), 'freshet-media-'));
  try {
    const [h264, opus] = [join(folder, 'video.h264'), join(folder, 'audio.opus')];
    await run(requireTool(ffmpeg), [
      ...sources(media),
      ...[...videoCodec(media), '-bsf:v', 'h264_metadata=aud=insert', '-f', 'h264', h264],
      ...[...audioCodec(media), '-f', 'opus', opus],
    ]);
    const [videoBytes, audioBytes] = await Promise.all([readFile(h264), readFile(opus)]);
    const { fps, groupSeconds } = media;
    return { video: accessUnits(videoBytes), fps, groupLength: fps * groupSeconds, audio: opusPackets(audioBytes) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The same as one file, in the format of its name. */
export async function makeFile(file: string, wanted: Partial<typeof USUAL> = {}): Promise<void> {
  const media = { ...USUAL, ...wanted };
  await run(requireTool(ffmpeg), [...sources(media), ...videoCodec(media), ...audioCodec(media), file]);
}

function sources({ width, height, fps, seconds, sound }: typeof USUAL): readonly string[] {
  return [
    ...['-v', 'error', '-y'],
    ...['-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=${fps}:duration=${seconds}`],
    ...['-f', 'lavfi', '-t', `${seconds}`, '-i', sound],
  ];
}

function videoCodec({ fps, groupSeconds, bitrateKbps, encoder }: typeof USUAL): readonly string[] {
  const rate = `${bitrateKbps}k`;
  return [
    ...['-map', '0:v', '-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'main', '-pix_fmt', 'yuv420p'],
    ...['-b:v', rate, '-maxrate', rate, '-bufsize', rate, '-bf', '0', '-g', `${fps * groupSeconds}`],
    ...['-sc_threshold', '0', ...encoder],
  ];
}

function audioCodec({ soundKbps }: typeof USUAL): readonly string[] {
  return ['-map', '1:a', '-c:a', 'libopus', '-ac', '2', '-b:a', `${soundKbps}k`, '-frame_duration', '20'];
}

/** Cuts an Annex B stream before every access unit delimiter (ITU-T H.264 7.4.1.2.3). */
export function accessUnits(bytes: Buffer): readonly Buffer[] {
  const delimiter = Buffer.from([0, 0, 0, 1, 0x09]);
  const starts: number[] = [];
  for (let at = bytes.indexOf(delimiter); at >= 0; at = bytes.indexOf(delimiter, at + 1)) starts.push(at);
  return starts.map((start, index) => bytes.subarray(start, starts[index + 1]));
}

/** The packets of an Ogg file's one stream (RFC 3533), without the two headers of Opus (RFC 7845). */
export function opusPackets(bytes: Buffer): readonly Buffer[] {
  const packets: Buffer[] = [];
  let begun: Buffer[] = [];
  for (let page = 0; page < bytes.length; ) {
    if (bytes.toString('latin1', page, page + 4) !== 'OggS') throw new Error(`no Ogg page at byte ${page}`);
    const segments = bytes.subarray(page + 27, page + 27 + bytes.readUInt8(page + 26));
    let at = page + 27 + segments.length;
    for (const length of segments) {
      begun.push(bytes.subarray(at, at + length));
      at += length;
      // A segment shorter than 255 ends its packet, which may have begun on an earlier page.
      if (length === 255) continue;
      packets.push(Buffer.concat(begun));
      begun = [];
    }
    page = at;
  }
  return packets.slice(2);
}
