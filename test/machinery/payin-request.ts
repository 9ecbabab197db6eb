import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { PayinRequestInput } from '../../client/payin-request';

/** What the sandbox of every rig knows its merchant by. */
export const APP = { appId: 'test-app', appSecret: 'test-secret' };

/** What a JSON answer is, before a test looks closer. */
export const jsonObject = z.record(z.string(), z.unknown());

export const newRequestId = (): string => `t${randomBytes(6).toString('hex')}`;

export const requestOf = (request_id: string): PayinRequestInput => ({
  request_id,
  amount: '100.00',
  currency: 'USDT',
  product_name: 'Order coffee',
  description: 'A coffee order',
  success_url: 'https://shop.example/success?o=coffee',
  fail_url: 'https://shop.example/fail',
});
