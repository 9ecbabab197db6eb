import { once } from 'node:events';
import { createServer } from 'node:http2';
import { createEndpointHandler } from '@restatedev/restate-sdk';
import { fromEnvironment } from '../../duties/environment';
import { openSteps } from '../../duties/steps';
import { payinWith } from './payin';

/** Restate's SDK uses `Promise.withResolvers`, which Node 20 lacks. */
function addWithResolvers(): void {
  if ('withResolvers' in Promise) return;
  const withResolvers = () => {
    let settle = {};
    const promise = new Promise((resolve, reject) => (settle = { resolve, reject }));
    return { promise, ...settle };
  };
  Object.assign(Promise, { withResolvers });
}

/** Serves the workflow to Restate's server, and registers it there. */
async function main(): Promise<void> {
  addWithResolvers();
  const { steps } = await openSteps();
  const port = Number(fromEnvironment('RESTATE_WORKER_PORT'));
  const server = createServer(createEndpointHandler({ services: [payinWith(steps)] })).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const answer = await fetch(`${fromEnvironment('RESTATE_ADMIN_URL')}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri: `http://127.0.0.1:${port}` }),
  });
  if (!answer.ok) throw new Error(`Restate has not taken the workflow: ${answer.status} ${await answer.text()}`);
}

void main();
