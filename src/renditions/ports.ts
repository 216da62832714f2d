/** What becomes a further layer of a stream's picture. */
export interface RenditionStart {
  /** As the media threads know it. */
  readonly streamId: string;
  /** What viewers may ask for it by; no other layer of the stream has it. */
  readonly name: string;
  /** What the times of its pictures count from, on the clock of the process. */
  readonly originMs: number;
}

export type RenditionPlace = Pick<RenditionStart, 'streamId' | 'name'>;

/** The media threads as renditions see them. Implemented by `transport/media-plane.ts`. */
export interface RenditionPlane {
  /** Rejects where nobody publishes the stream. */
  openRendition(start: RenditionStart): Promise<void>;
  /** The next bytes of its IVF, cut anywhere. Resolves once they are on their way; rejects where they are no such thing. */
  writeRendition(place: RenditionPlace, bytes: Uint8Array): Promise<void>;
  /** Idempotent. Its viewers are sent another layer. */
  closeRendition(place: RenditionPlace): Promise<void>;
}
