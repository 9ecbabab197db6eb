import type { LookupAddress } from 'node:dns';
import { isPublicAddress, publicLookup, type Resolve } from '../../merchant/public-address';

it.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.9.9.9',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:0:10.0.0.1',
  '64:ff9b::10.0.0.1',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:a00:1::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  '4000::1',
  'no address',
  '127.1',
  '',
])('%s is not public', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

it.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4001::1'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

describe('the lookup of a connection', () => {
  const found = (...addresses: string[]): Resolve => {
    const answer: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    return (_hostname, _options, callback) => callback(null, answer);
  };
  const look = (resolve: Resolve, all: boolean) =>
    new Promise((done) => {
      publicLookup(resolve)('shop.example', { all }, (error, address, family) =>
        done(error ? error.code : { address, family }),
      );
    });

  it('gives public addresses alone', async () => {
    const mixed = found('127.0.0.1', '8.8.8.8', '::1', '2606:4700:4700::1111');
    expect(await look(mixed, false)).toEqual({ address: '8.8.8.8', family: 4 });
    expect(await look(mixed, true)).toMatchObject({
      address: [{ address: '8.8.8.8' }, { address: '2606:4700:4700::1111' }],
    });
  });

  it('refuses a name that has none', async () => {
    expect(await look(found('10.0.0.1', 'fd00::1'), true)).toBe('ADDRESS_REFUSED');
    expect(await look(found('10.0.0.1'), false)).toBe('ADDRESS_REFUSED');
  });

  it('says what DNS says where that fails', async () => {
    const broken: Resolve = (_hostname, _options, callback) =>
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    expect(await look(broken, true)).toBe('ENOTFOUND');
  });
});
