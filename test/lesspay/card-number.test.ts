import { hasCardData } from '../../lesspay/card-number';

it.each([
  ['Visa', '4242424242424242'],
  ['Visa of 13 digits', '4222222222222'],
  ['Mastercard', '5555555555554444'],
  ['Mastercard, 2-series', '2223003122003222'],
  ['American Express', '378282246310005'],
  ['Diners Club', '30569309025904'],
  ['Discover', '6011111111111117'],
  ['JCB', '3530111333300000'],
  ['Maestro', '6759649826438453'],
  ['UnionPay', '6205500000000000004'],
  ['groups', 'my card is 4242 4242 4242 4242, thanks'],
  ['hyphens', '4242-4242-4242-4242'],
  ['points', '4242.4242.4242.4242'],
  ['a URL', 'https://shop.example/?c=4242424242424242&x=1'],
  ['a URL with escapes', 'https://shop.example/?c=4242%204242%204242%204242'],
  ['full-width digits', '４２４２４２４２４２４２４２４２'],
  ['a code', 'cvv: 123'],
  ['another code', 'CVC2 1234'],
])('finds card data: %s', (_what, text) => {
  expect(hasCardData(text)).toBe(true);
});

it.each([
  ['a wrong check digit', '4242424242424241'],
  ['a time in ms with a right check digit', '1766992517149'],
  ['an order number with a right check digit', '1000000000000008'],
  ['an order of Lesspay', 'P4242424242424242'],
  ['a shorter number', '4111111'],
  ['words', 'A cvv is a code'],
  ['a text with a wrong escape', '100%, 4 pieces'],
])('leaves alone: %s', (_what, text) => {
  expect(hasCardData(text)).toBe(false);
});
