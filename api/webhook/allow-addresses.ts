import { BlockList, isIP } from 'node:net';
import type { RequestHandler } from 'express';
import type { Settings } from '../../settings';
import { Problem } from '../http/problems';

export type AddressSettings = Pick<Settings, 'WEBHOOK_ADDRESSES'>;

/**
 * Refuses webhooks from other addresses than `WEBHOOK_ADDRESSES`, before it reads their bodies. Without that setting it refuses
 * none. Behind a proxy the address is what `TRUST_PROXY` makes of `X-Forwarded-For`.
 */
export function allowAddresses({ WEBHOOK_ADDRESSES: networks }: AddressSettings): RequestHandler {
  const allowed = new BlockList();
  for (const { address, bits } of networks) allowed.addSubnet(address, bits, familyOf(address));
  return (req, _res, next) => {
    // A socket for both families shows IPv4 addresses in this form.
    const address = (req.ip ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
    if (networks.length === 0 || (isIP(address) > 0 && allowed.check(address, familyOf(address)))) return next();
    throw new Problem('address_refused', 'Webhooks from this address are not accepted.');
  };
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
