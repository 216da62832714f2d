/** A video layer as a WHEP server tells of it. Without a bitrate it is not sent now. */
export interface VideoLayer {
  readonly rid?: string;
  readonly spatialLayerId?: number;
  readonly temporalLayerId?: number;
  readonly bitrate?: number;
  readonly width?: number;
  readonly height?: number;
}

/** Empty: the server chooses. */
export interface LayerWish {
  readonly rid?: string;
  readonly spatialLayerId?: number;
}

/** What is to be sent. */
export interface MediaWish {
  readonly layer: LayerWish;
  /** Without it sound and picture. */
  readonly isSoundOnly?: boolean;
}
