import fc from 'fast-check';
import { afterPage } from '../../reconciliation/page-end';

const PAGE = { rows: 10, page_size: 10, fresh: 10, read: 10 };

it.each([
  ['a full page', PAGE, 'more'],
  ['an empty page', { ...PAGE, rows: 0, fresh: 0 }, 'end'],
  ['a short page that holds the rest', { ...PAGE, rows: 4, fresh: 4, read: 14, total: 14 }, 'end'],
  ['a short page where nothing says how many there are', { ...PAGE, rows: 4, fresh: 4 }, 'more'],
  ['a short page that does not hold the rest', { ...PAGE, rows: 4, fresh: 4, total: 40 }, 'more'],
  ['a full page that holds the rest', { ...PAGE, total: 10 }, 'more'],
  ['the same page again', { ...PAGE, fresh: 0, read: 20 }, 'repeats'],
  ['the same page again, of which all was read', { ...PAGE, fresh: 0, read: 20, total: 10 }, 'end'],
  ['a page of which one order is new', { ...PAGE, fresh: 1, read: 20 }, 'more'],
] as const)('%s: %s', (_what, page, after) => {
  expect(afterPage(page)).toBe(after);
});

/** Reads all there is to read from a server of some kind. */
function readAll(page: (number: number) => number[], page_size: number, total?: number) {
  const seen = new Set<number>();
  let read = 0;
  for (let number = 1; number < 1_000; number += 1) {
    const rows = page(number);
    const before = seen.size;
    for (const row of rows) seen.add(row);
    read += rows.length;
    const next = afterPage({ rows: rows.length, page_size, fresh: seen.size - before, read, total });
    if (next !== 'more') return seen.size;
  }
  throw new Error('it never ends');
}

it('every order is read, and it ends, whatever the server makes of pages', () => {
  fc.assert(
    fc.property(
      fc.nat(200),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      fc.boolean(),
      fc.constantFrom('empty', 'the last one', 'the first one'),
      (count, asked, most, says, beyond) => {
        const size = Math.min(asked, most);
        const all = Array.from({ length: count }, (_, index) => index);
        const last = Math.max(Math.ceil(count / size), 1);
        const page = (number: number) => {
          const given = number <= last ? number : { empty: number, 'the last one': last, 'the first one': 1 }[beyond];
          return all.slice((given - 1) * size, given * size);
        };
        expect(readAll(page, asked, says ? count : undefined)).toBe(count);
      },
    ),
  );
});
