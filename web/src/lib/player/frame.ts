/** What a player's frame tells what stands in it. */
export interface Frame {
  readonly isShown: boolean;
  readonly isFull: boolean;
  /** Of the picture as it comes. */
  readonly size: { readonly width: number; readonly height: number };
  readonly can: (action: string) => boolean;
  readonly act: (action: string) => Promise<void>;
}
