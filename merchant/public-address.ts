import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Notifications go only to the public internet: never to this machine, its private network or a cloud's metadata service. */

/** The range of all public IPv6 addresses (IANA, "IPv6 Global Unicast Address Assignments"). */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Is this an address of the public internet? False for special ranges, and for IPv6 addresses with an IPv4 address inside
 * (mapped, NAT64, 6to4, Teredo), because the IPv4 address is not checked.
 */
export function isPublicAddress(text: string): boolean {
  // Only local addresses have a zone (`fe80::1%eth0`).
  if (isIP(text) === 0 || text.includes('%')) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(GLOBAL_IPV6);
}

export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** The `code` of the error when a name has no public address. */
export const ADDRESS_REFUSED = 'ADDRESS_REFUSED';

/**
 * A `lookup` for Node's HTTP agents that gives only the public addresses of a name. The connection uses the address that was
 * checked, so DNS can't change it in between. Node does not call it for a URL with an IP address: see `literalAddress`.
 */
export function publicLookup(resolve: Resolve = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const addresses = error ? [] : found.filter(({ address }) => isPublicAddress(address));
      const [first] = addresses;
      if (error) callback(error, []);
      else if (!first) callback(refusal(), []);
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

const refusal = (): NodeJS.ErrnoException =>
  Object.assign(new Error('the name has no public address'), { code: ADDRESS_REFUSED });

/** The IP address in the URL; undefined when the URL has a name. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? undefined : host;
}
