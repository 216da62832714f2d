/** What a backup is made of. The rows and numbers come from `db/dump.ts`, and go to `db/restore.ts`. */

/** One thing kept: a row as PostgreSQL's own JSON, a sequence's number, a file as base64. */
export interface Entry {
  readonly kind: 'row' | 'sequence' | 'file';
  /** Of the table, the sequence, or the file inside DATA_DIR. */
  readonly name: string;
  readonly text: string;
}

export interface Header {
  readonly madeAt: string;
  /** The state of the schema: migrations in the order they were applied. */
  readonly migrations: readonly { readonly name: string; readonly checksum: string }[];
}
