import type { Response } from 'express';
import type { Answer } from './envelope';
import type { AnswerFault } from './faults';

/** Does a call with this fault take effect? */
export function takesEffect(fault: AnswerFault | undefined): boolean {
  if (!fault) return true;
  if (fault.takes_effect !== undefined) return fault.takes_effect;
  if (fault.drop !== undefined) return fault.drop === 'after';
  return !fault.reset && fault.http_status === undefined && fault.code === undefined;
}

/** @param answer the call's own answer; undefined when it did not take effect */
export function sendAnswer(response: Response, answer: Answer | undefined, fault: AnswerFault | undefined): void {
  if (fault?.reset) response.socket?.resetAndDestroy();
  else if (fault?.drop !== undefined) response.socket?.destroy();
  else {
    const json = JSON.stringify(plainBody(answer, fault));
    response.status(fault?.http_status ?? answer?.http_status ?? 200);
    response.type(fault?.body === 'html' ? 'html' : 'json').send(fault?.body ? SPOILED[fault.body](json) : json);
  }
}

function plainBody(answer: Answer | undefined, fault: AnswerFault | undefined): object {
  if (fault?.code !== undefined) return { code: fault.code, msg: fault.msg ?? 'sandbox fault', data: null };
  // As a gateway or a web framework answers, without Lesspay's envelope.
  if (fault?.http_status !== undefined) return { status: fault.http_status, error: fault.msg ?? 'sandbox fault' };
  return answer?.body ?? { code: 10, msg: 'system exception', data: null };
}

const SPOILED: Record<NonNullable<AnswerFault['body']>, (json: string) => string> = {
  html: () =>
    '<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>',
  truncated: (json) => json.slice(0, json.length / 2),
  empty: () => '',
  not_json: () => 'SUCCESS, but not JSON',
};
