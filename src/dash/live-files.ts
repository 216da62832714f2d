/** Where the live DASH of a stream lies in the storage. */
export function liveDashPrefix(streamId: string): string {
  return `live/${streamId}/dash/`;
}

export function liveIndexKey(streamId: string): string {
  return `${liveDashPrefix(streamId)}index.json`;
}

/** Of a segment; `undefined` for what a player reads before them. */
export function numberOfFile(name: string): number | undefined {
  const number = /^([0-9]{1,10})\.webm$/.exec(name)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** A file that a manifest names, by what stands behind its folder; `undefined` for any other name. */
export function liveFileKey(streamId: string, name: string): string | undefined {
  return /^[a-z0-9-]{1,20}\/(?:init-[a-z0-9]{1,20}|[0-9]{1,10})\.webm$/.test(name)
    ? `${liveDashPrefix(streamId)}${name}`
    : undefined;
}
