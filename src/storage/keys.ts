/** What is kept for good, and what only lives as long as a stream does. Nothing else of the data folder can be named. */
const ROOMS = ['recordings', 'live'] as const;
const MAX_LENGTH = 200;
/** No segment begins with a dot: none leads up, and what is half written has a name that no key has. */
const SEGMENT = '[A-Za-z0-9_][A-Za-z0-9._-]*';
const KEY = new RegExp(`^(?:${ROOMS.join('|')})(?:/${SEGMENT}){2,5}$`);
const PREFIX = new RegExp(`^(?:${ROOMS.join('|')})/(?:${SEGMENT}/){0,5}$`);

const TYPES: Readonly<Record<string, string>> = {
  mpd: 'application/dash+xml',
  webm: 'video/webm',
  mkv: 'video/x-matroska',
  webp: 'image/webp',
  vtt: 'text/vtt; charset=utf-8',
};

export function isKey(key: string): boolean {
  return key.length <= MAX_LENGTH && KEY.test(key);
}

/** Throws where it is none: what a request says is looked at before. */
export function checkedKey(key: string): string {
  if (!isKey(key)) throw new RangeError(`no key of the storage: ${JSON.stringify(key.slice(0, MAX_LENGTH))}`);
  return key;
}

/** Of many keys: it ends with a slash. Throws where it is none. */
export function checkedPrefix(prefix: string): string {
  if (prefix.length > MAX_LENGTH || !PREFIX.test(prefix)) {
    throw new RangeError(`no prefix of the storage: ${JSON.stringify(prefix.slice(0, MAX_LENGTH))}`);
  }
  return prefix;
}

/** What may be deleted at once: all of one recording or stream, or less. */
export function checkedOwnPrefix(prefix: string): string {
  if (checkedPrefix(prefix).split('/').length < 3) throw new RangeError(`not of one thing alone: ${prefix}`);
  return prefix;
}

export function recordingPrefix(recordingId: string): string {
  return `recordings/${recordingId}/`;
}

/** Of one making of its renditions. */
export function renditionRunPrefix({ recordingId, run }: { recordingId: string; run: string }): string {
  return `${recordingPrefix(recordingId)}dash/${run}/`;
}

export function livePrefix(streamId: string): string {
  return `live/${streamId}/`;
}

export function thumbnailKey(streamId: string): string {
  return `${livePrefix(streamId)}thumbnail.webp`;
}

/** Streams begin anew after a crash: nothing below `live/` is worth waiting for the disk. */
export function isLasting(key: string): boolean {
  return !key.startsWith('live/');
}

export function typeOfKey(key: string): string {
  return TYPES[key.slice(key.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}
