import { checkoutWithStart } from '../../client';
import { amountForFilters, instantForFilters, SEARCH_ATTRIBUTES } from '../../workflows/search-attributes';
import { requestOf } from '../machinery/payin-request';

/** PostgreSQL's visibility keeps a double as numeric(20,5), and drops a whole run, unseen, where it does not fit. */
it.each([
  ['0.00000001', 0.00000001],
  ['100.00', 100],
  // The greatest that a double keeps below 10 to the 15th.
  ['999999999999999.9', 999999999999999.875],
  // As a double, that is 10 to the 15th.
  ['999999999999999.99', undefined],
  ['1000000000000000', undefined],
  [`1${'0'.repeat(400)}`, undefined],
])('an amount of %s is filtered by as %s', (amount, value) => {
  expect(amountForFilters(amount)).toBe(value);
  if (!/^\d{1,15}(\.|$)/.test(amount)) return;
  const { options } = checkoutWithStart({ ...requestOf('4711'), amount }).startWorkflowOperation;
  const names = Object.fromEntries(
    (Array.isArray(options.typedSearchAttributes) ? options.typedSearchAttributes : []).map(({ key, value: set }) => [
      key.name,
      set,
    ]),
  );
  expect(names[SEARCH_ATTRIBUTES.payinAmount.name]).toBe(value);
});

it.each([
  ['2026-12-11T10:00:00.000Z', new Date('2026-12-11T10:00:00.000Z')],
  ['1999-12-31T23:59:59.000Z', undefined],
  ['0000-01-01T00:00:00.000Z', undefined],
  ['2026-13-11T10:00:00.000Z', undefined],
  ['soon', undefined],
  ['', undefined],
])('a time of "%s" is filtered by as %s', (text, instant) => {
  expect(instantForFilters(text)).toEqual(instant);
});
