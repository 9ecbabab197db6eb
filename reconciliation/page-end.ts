/** What is known after a page of Lesspay's list was read. */
export interface ReadPage {
  /** Rows on this page, and how many were asked for. */
  readonly rows: number;
  readonly page_size: number;
  /** How many of its orders no page before it had shown. */
  readonly fresh: number;
  /** Rows on all pages so far, this one included. */
  readonly read: number;
  /** How many orders there are by Lesspay's word, where it gave it. */
  readonly total?: number | undefined;
}

/**
 * Whether another page is to be asked for. What the last page looks like is not public (docs/lesspay.md, "query-order"), so a short one
 * is the last only where Lesspay's own total says so: a server may give fewer rows than it was asked for.
 * @returns `repeats` where pages begin to show what was shown before, as by a server that knows no pages
 */
export function afterPage({ rows, page_size, fresh, read, total }: ReadPage): 'more' | 'end' | 'repeats' {
  if (rows === 0) return 'end';
  if (fresh === 0) return total !== undefined && read - rows >= total ? 'end' : 'repeats';
  return rows < page_size && total !== undefined && read >= total ? 'end' : 'more';
}
