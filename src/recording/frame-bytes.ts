import { av1Config, av1Frame } from './av1-frame.ts';
import type { Frame } from './frame.ts';
import { h264Config, h264Frame } from './h264-frame.ts';
import { OPUS_CONFIG } from './matroska.ts';
import { vp8Frame, vp9Frame } from './vp-frame.ts';

/** A frame as Matroska stores it (RFC 9559 and the codec mappings of the Matroska project). */
export function frameBytes({ codec, payloads }: Frame): Uint8Array {
  switch (codec) {
    case 'opus':
      return payloads[0] ?? new Uint8Array(0);
    case 'h264':
      return h264Frame(payloads);
    case 'vp8':
      return vp8Frame(payloads);
    case 'vp9':
      return vp9Frame(payloads);
    case 'av1':
      return av1Frame(payloads);
  }
}

/** What a decoder needs before this keyframe; empty where the codec has nothing of the kind, `undefined` where it is missing. */
export function codecConfig({ codec, payloads }: Frame): Uint8Array | undefined {
  switch (codec) {
    case 'opus':
      return OPUS_CONFIG;
    case 'h264':
      return h264Config(payloads);
    case 'av1':
      return av1Config(payloads);
    case 'vp8':
    case 'vp9':
      return new Uint8Array(0);
  }
}
