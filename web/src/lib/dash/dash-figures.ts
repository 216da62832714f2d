/** How DASH goes at one moment. */
export interface DashFigures {
  readonly width: number;
  readonly height: number;
  /** Of picture and sound, as manifests name them. */
  readonly codecs: string;
  /** What is played now takes so much. */
  readonly bitrateBps: number;
  /** What the link carries. */
  readonly estimateBps: number;
  /** Since the server received what is seen now; absent where clocks do not agree. */
  readonly latencyMs?: number;
  readonly bufferMs: number;
  readonly framesDropped: number;
  readonly stalls: number;
}
