import {
  type RestatePromise,
  TimeoutError,
  type WorkflowContext,
  type WorkflowSharedContext,
  workflow,
} from '@restatedev/restate-sdk';
import { isOutcome, type Payin, type PayinRequest } from '../../duties/payin';
import type { Steps } from '../../duties/steps';

export type PayinWorkflow = ReturnType<typeof payinWith>;

/** How many webhooks the run has waited for. A durable promise resolves once, so each wait has one of its own. */
const WAITS = 'waits';
const webhook = (waits: number): string => `webhook-${waits}`;

export const payinWith = (steps: Steps) =>
  workflow({
    name: 'payin',
    handlers: {
      async run(ctx: WorkflowContext, request: PayinRequest): Promise<Payin> {
        let payin = await ctx.run('createOrder', () => steps.createOrder(request));
        const ordered_at = await ctx.date.now();
        await ctx.run('saveRecord', () => steps.saveRecord(payin));
        await ctx.promise<Payin>('page').resolve(payin);
        for (let waits = 0; !isOutcome(payin);) {
          await forOneMinute(ctx.promise<void>(webhook(waits)).get());
          waits += 1;
          ctx.set(WAITS, waits);
          const { request_id } = payin;
          payin = { ...payin, status: await ctx.run('queryStatus', () => steps.queryStatus(request_id, ordered_at)) };
        }
        await ctx.run('saveRecord', () => steps.saveRecord(payin));
        await ctx.run('notify', () => steps.notify(payin));
        return payin;
      },
      page: (ctx: WorkflowSharedContext): Promise<Payin> => ctx.promise<Payin>('page').get(),
      async webhook(ctx: WorkflowSharedContext): Promise<void> {
        const hint = ctx.promise<void>(webhook((await ctx.get<number>(WAITS)) ?? 0));
        if ((await hint.peek()) === undefined) await hint.resolve();
      },
    },
  });

async function forOneMinute(promise: RestatePromise<void>): Promise<void> {
  try {
    await promise.orTimeout({ minutes: 1 });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
}
