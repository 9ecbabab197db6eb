import { ORDER_STATUS, orderStatus } from '../../lesspay/order-status';

it.each(Object.entries(ORDER_STATUS))('reads %s as %s', (number, word) => {
  expect(orderStatus(number)).toBe(word);
  expect(orderStatus(Number(number))).toBe(word);
  expect(orderStatus(word)).toBe(word);
});

it.each([
  ['FROZEN', 'FROZEN'],
  ['succeed', 'succeed'],
  ['02', '02'],
  ['7', '7'],
  [99, '99'],
  ['constructor', 'constructor'],
])('keeps %j, which it does not know', (given, kept) => {
  expect(orderStatus(given)).toBe(kept);
});
