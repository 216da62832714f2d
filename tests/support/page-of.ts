/** What a store answers to a question for a page; `rows` in the order of the list. */
export function pageOf<Row extends { readonly id: string }>(
  rows: readonly Row[],
  { limit, after }: { limit: number; after?: string | undefined },
): Row[] {
  const start = after === undefined ? 0 : rows.findIndex(({ id }) => id === after) + 1;
  return rows.slice(start, start + limit);
}
