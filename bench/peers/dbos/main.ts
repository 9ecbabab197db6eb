import { DBOS, type WorkflowHandle } from '@dbos-inc/dbos-sdk';
import { serveApi } from '../../duties/api';
import { fromEnvironment } from '../../duties/environment';
import { isOutcome, type Payin, type PayinRequest, workflowId } from '../../duties/payin';
import { openSteps, type Steps } from '../../duties/steps';

/** A step is tried so often, after 1, 2, 4 ... s. */
const RETRIES = { retriesAllowed: true, maxAttempts: 10 };

/** Serves the API and runs the workflows of DBOS Transact, in one process with its state in PostgreSQL. */
async function main(): Promise<void> {
  const { steps } = await openSteps();
  const payin = DBOS.registerWorkflow(payinWith(steps), { name: 'payin' });
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: fromEnvironment('DATABASE_URL'), logLevel: 'warn' });
  await DBOS.launch();
  const handles = new Map<string, WorkflowHandle<Payin>>();
  serveApi({
    async start(request) {
      const { request_id } = request;
      const workflowID = workflowId(request_id);
      handles.set(request_id, await DBOS.startWorkflow(payin, { workflowID })(request));
      const page = await DBOS.getEvent<Payin>(workflowID, PAGE);
      if (page) return page;
      throw new Error(`${request_id} has no checkout page yet`);
    },
    hint: (request_id) => DBOS.send(workflowId(request_id), '', WEBHOOK),
    async outcome(request_id) {
      const handle = handles.get(request_id);
      if (handle) return handle.getResult();
      throw new Error(`${request_id} was not started here`);
    },
  });
}

const PAGE = 'page';
const WEBHOOK = 'webhook';

const payinWith =
  (steps: Steps) =>
  async (request: PayinRequest): Promise<Payin> => {
    const step = <Result>(name: string, run: () => Promise<Result>) => DBOS.runStep(run, { name, ...RETRIES });

    let payin = await step('createOrder', () => steps.createOrder(request));
    const ordered_at = await DBOS.now();
    await step('saveRecord', () => steps.saveRecord(payin));
    await DBOS.setEvent(PAGE, payin);
    while (!isOutcome(payin)) {
      await DBOS.recv(WEBHOOK, 60);
      const { request_id } = payin;
      payin = { ...payin, status: await step('queryStatus', () => steps.queryStatus(request_id, ordered_at)) };
    }
    await step('saveRecord', () => steps.saveRecord(payin));
    await step('notify', () => steps.notify(payin));
    return payin;
  };

void main();
