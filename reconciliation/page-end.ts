/** The counts after a page of Lesspay's list was read. */
export interface ReadPage {
  /** Rows on this page. */
  readonly rows: number;
  /** Rows that were asked for. */
  readonly page_size: number;
  /** Orders on this page that were on no page before. */
  readonly fresh: number;
  /** Rows on all pages so far, including this one. */
  readonly read: number;
  /** The total number of orders, when Lesspay states it. */
  readonly total?: number | undefined;
}

/**
 * Whether to ask for another page. How the last page looks is not public (docs/lesspay.md, "query-order"), and a server may
 * give fewer rows than asked for. So a short page is the last one only when Lesspay's total says so.
 * @returns `repeats` when a page shows only orders of earlier pages, e.g. because the server ignores `page`
 */
export function afterPage({ rows, page_size, fresh, read, total }: ReadPage): 'more' | 'end' | 'repeats' {
  if (rows === 0) return 'end';
  if (fresh === 0) return total !== undefined && read - rows >= total ? 'end' : 'repeats';
  return rows < page_size && total !== undefined && read >= total ? 'end' : 'more';
}

/** What a person should know of how Lesspay's list ended. */
export function notesOnEnd({ page, rows, page_size, read, total }: EndOfList): string[] {
  const notes: string[] = [];
  // The last page should be shorter than a full one. Otherwise the server stopped before the end of its list.
  if (rows >= page_size)
    notes.push(`page ${page} shows no new order, but the page before was full: the list may be incomplete`);
  if (total !== undefined && read < total)
    notes.push(`Lesspay states a total of ${total} orders, but its pages contained ${read}`);
  return notes;
}

interface EndOfList {
  readonly page: number;
  /** Rows on this page, or on the page before when Lesspay refused this one. */
  readonly rows: number;
  readonly page_size: number;
  /** Rows on all pages. */
  readonly read: number;
  readonly total?: number | undefined;
}
