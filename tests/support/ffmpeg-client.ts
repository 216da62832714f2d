import { join } from 'node:path';
import { EncoderProcess } from './encoder-process.ts';
import { ffmpegWhip } from './tools.ts';

interface Publishing {
  readonly whipUrl: string;
  readonly key: string;
  /** H.264 without B-frames, and Opus. */
  readonly file: string;
  /** `dtls_active`, or none: FFmpeg then waits for our side of DTLS to begin. */
  readonly flags?: string;
}

/** As `ffmpeg -re -i FILE -c copy -f whip -authorization KEY -whip_flags FLAGS URL`. */
export function publishWithFfmpeg({ whipUrl, key, file, flags = '' }: Publishing): EncoderProcess {
  return new EncoderProcess(process.execPath, [join(ffmpegWhip.folder, 'publish.js'), file, whipUrl, key, flags]);
}
