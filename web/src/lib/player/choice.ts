/** One entry of a menu. */
export interface Choice<Key extends string | number> {
  readonly key: Key;
  readonly label: string;
  readonly note?: string;
}
