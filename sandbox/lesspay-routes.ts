import { setTimeout as realTimeout } from 'node:timers/promises';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import type { CallCounter } from './calls';
import { createOrder, type CreateOrderDeps } from './create-order';
import { refuse, type Answer } from './envelope';
import type { Fault, Faults } from './faults';
import { sendAnswer, takesEffect } from './faulty-answer';
import type { SandboxOrder } from './order';
import { queryOrder, type QueryOrderDeps } from './query-order';
import { readSignedRequest, type Credentials } from './signed-request';

export interface LesspayRouteDeps extends CreateOrderDeps, QueryOrderDeps, Credentials {
  readonly faults: Faults;
  readonly calls: CallCounter;
  readonly closing: AbortSignal;
  readonly log: (line: string) => void;
}

/** Lesspay's two calls, with faults (`faults.ts`). */
export function lesspayRoutes(deps: LesspayRouteDeps): Router {
  const { faults, calls, book } = deps;
  const router = express.Router();
  router.use('/api', express.raw({ type: () => true, limit: '256kb' }));

  const create = call('create-order', deps, (body) => {
    const request_id = stringMember(body, 'request_id');
    calls.count('create_calls', request_id);
    const fault = faults.take('create', request_id);
    return { request_id, fault, handle: () => counted(createOrder(body, fault, deps), request_id) };
  });
  const counted = (answer: Answer, request_id: string | undefined): Answer => {
    if (answer.body.code === 0) calls.count('orders_created', request_id);
    return answer;
  };

  const query = call('query-order', deps, (body) => {
    const request_id =
      stringMember(body, 'request_id') ?? requestIdOf(book.find(stringMember(body, 'pay_order_id') ?? ''));
    calls.count('query_calls', request_id);
    const fault = faults.take('query', request_id);
    return { request_id, fault, handle: () => queryOrder(body, fault, deps) };
  });

  for (const [path, handler] of Object.entries({ 'create-order': create, 'query-order': query })) {
    router.post(`/api/global/v1/pay/${path}`, handler);
    router.all(`/api/global/v1/pay/${path}`, (_request, response) =>
      sendAnswer(response, refuse(11, 'method not allowed: use POST', 405), undefined),
    );
  }
  return router;
}

interface Call {
  readonly request_id: string | undefined;
  readonly fault: Extract<Fault, { on: 'create' | 'query' }> | undefined;
  readonly handle: () => Answer;
}

const call =
  (name: string, deps: LesspayRouteDeps, open: (body: object) => Call): RequestHandler =>
  async (request: Request, response: Response) => {
    const { clock, closing, log } = deps;
    response.set('date', new Date(clock.now()).toUTCString());
    const signed = readSignedRequest(request, deps);
    if ('refusal' in signed) {
      log(`${name}: ${signed.refusal.http_status} ${signed.refusal.body.msg}`);
      return sendAnswer(response, signed.refusal, undefined);
    }
    const { request_id, fault, handle } = open(signed.body);
    if (fault?.delay_ms) await realTimeout(fault.delay_ms, undefined, { signal: closing });
    const answer = takesEffect(fault) ? handle() : undefined;
    const outcome = answer ? `${answer.body.code} ${answer.body.msg}` : 'without effect';
    log(`${name} ${JSON.stringify(request_id ?? null)}: ${outcome}${fault ? ` (fault ${fault.id})` : ''}`);
    if (fault?.answer_delay_ms) await realTimeout(fault.answer_delay_ms, undefined, { signal: closing });
    return sendAnswer(response, answer, fault);
  };

function stringMember(body: object, name: string): string | undefined {
  const value: unknown = Object.entries(body).find(([key]) => key === name)?.[1];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const requestIdOf = (order: SandboxOrder | undefined): string | undefined => order?.request_id;
