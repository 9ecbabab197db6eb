import { isIP } from 'node:net';
import { z } from 'zod';
import { list } from './list';

/** Addresses from which something is accepted. */
export interface Network {
  readonly address: string;
  /** How many bits of the address are fixed. */
  readonly bits: number;
}

const networks = list('addresses and networks').transform((entries, context) =>
  entries.flatMap((entry, index): Network[] => {
    const [address = '', length, ...more] = entry.split('/');
    const most = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
    const bits = length === undefined ? most : Number(length);
    if (most > 0 && more.length === 0 && /^\d{1,3}$/.test(length ?? '1') && bits >= 1 && bits <= most)
      return [{ address, bits }];
    const message = `entry ${index + 1} must be an IP address or a network, e.g. 203.0.113.7 or 203.0.113.0/24`;
    context.addIssue({ code: 'custom', message });
    return [];
  }),
);

const port = (from: number) => {
  const rule = `must be a port number, ${from} to 65535`;
  return z.coerce.number(rule).int(rule).min(from, rule).max(65_535, rule);
};

/** Where webhooks are received, and from whom. */
export const receiverSettings = z.object({
  WEBHOOKS_ON_API: z.enum(['yes', 'no'], 'must be yes or no').default('yes'),
  WEBHOOK_ADDRESSES: networks.default([]),
  RECEIVER_HOST: z.string().default('127.0.0.1'),
  RECEIVER_PORT: port(0).default(3001),
  RECEIVER_METRICS_HOST: z.string().default('127.0.0.1'),
  RECEIVER_METRICS_PORT: port(1).optional(),
});
