import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A notification goes to the public internet only: never into this machine, its network, or a cloud's metadata service. */

/** What new IPv6 networks are made of (IANA, "IPv6 Global Unicast Address Assignments"). */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Is it an address of the public internet? Not so any special one, nor one that holds an IPv4 address inside (mapped,
 * NAT64, 6to4, Teredo), since what that leads to is not seen.
 */
export function isPublicAddress(text: string): boolean {
  // A zone (`fe80::1%eth0`) is of a local address.
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

/** The code of the error of `publicLookup`. */
export const ADDRESS_REFUSED = 'ADDRESS_REFUSED';

/**
 * Resolves a name for the very connection that is being made, to its public addresses alone: between the check and the
 * connection, DNS can't say something else. Not asked by Node for a URL that holds an address: check that by itself.
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
  Object.assign(new Error('the name leads to no public address'), { code: ADDRESS_REFUSED });

/** The address that the URL itself holds; undefined where it holds a name. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? undefined : host;
}
