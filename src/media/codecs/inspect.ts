import type { CodecName } from '../plan.ts';
import { av1Facts, av1PictureFormat, av1Size } from './av1.ts';
import { h264Facts, h264PictureFormat, h264Size } from './h264.ts';
import { isDigitalSilence } from './opus.ts';
import { FRAME_START_BIT, GROUP_START_BIT, type PictureSize, SILENCE_BIT } from './payload-facts.ts';
import type { PictureFormat } from './picture-format.ts';
import { vp8Facts, vp8Size } from './vp8.ts';
import { vp9Facts, vp9PictureFormat, vp9Size } from './vp9.ts';

/** The bits of `payload-facts.ts` for one payload. Every Opus packet can be decoded on its own. */
export function inspectPayload(codec: CodecName, bytes: Uint8Array, start: number, end: number): number {
  switch (codec) {
    case 'opus':
      return FRAME_START_BIT | GROUP_START_BIT | (isDigitalSilence(bytes, start, end) ? SILENCE_BIT : 0);
    case 'h264':
      return h264Facts(bytes, start, end);
    case 'vp8':
      return vp8Facts(bytes, start, end);
    case 'vp9':
      return vp9Facts(bytes, start, end);
    case 'av1':
      return av1Facts(bytes, start, end);
  }
}

/** The picture size that the first packet of a group tells. */
export function inspectSize(codec: CodecName, bytes: Uint8Array, start: number, end: number): PictureSize | undefined {
  switch (codec) {
    case 'opus':
      return undefined;
    case 'h264':
      return h264Size(bytes, start, end);
    case 'vp8':
      return vp8Size(bytes, start, end);
    case 'vp9':
      return vp9Size(bytes, start, end);
    case 'av1':
      return av1Size(bytes, start, end);
  }
}

/** What the same packet tells of how the pictures are coded. VP8 has one way only. */
export function inspectFormat(
  codec: CodecName,
  bytes: Uint8Array,
  start: number,
  end: number,
): PictureFormat | undefined {
  switch (codec) {
    case 'opus':
    case 'vp8':
      return undefined;
    case 'h264':
      return h264PictureFormat(bytes, start, end);
    case 'vp9':
      return vp9PictureFormat(bytes, start, end);
    case 'av1':
      return av1PictureFormat(bytes, start, end);
  }
}
