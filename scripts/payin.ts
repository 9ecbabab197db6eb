import { parseArgs } from 'node:util';
import type { Client } from '@temporalio/client';
import { readPayin } from '../client';
import { temporalClient } from '../temporal.config';
import { noteProblem } from '../payin/operator-note';
import { WHAT_TO_DO } from '../workflows/payin/display';
import { payinWorkflowId } from '../workflows/payin/messages';
import { resolvable } from '../payin/state';
import { isOpenView } from '../payin/view';
import { asInvoked } from './invocation';
import { loginName } from './login-name';
import { toMany } from './many-payins';
import { pausedInWords, pausedOf } from './paused';
import { act, ACTIONS, inWords, type Action } from './payin-actions';
import { toBeAnswered } from './to-be-answered';
import { showWaiting } from './waiting-payins';

/** All statuses that `resolve` can take. Which of them a pay-in may get, its workflow decides. */
const DECISIONS: readonly string[] = resolvable({ request_id: '', status: 'PAID' });

const USAGE = asInvoked(`usage: npm run payin -- show REQUEST_ID
       npm run payin -- waiting
       npm run payin -- ACTION REQUEST_ID --why REASON [--who NAME] [--alert CODE] [--status STATUS]
       npm run payin -- ACTION --alert CODE --why REASON [--who NAME] [--status STATUS] [--yes]
       npm run payin -- ACTION --query QUERY --why REASON [--who NAME] [--alert CODE] [--status STATUS] [--yes]

show      prints one pay-in as JSON
waiting   lists the open pay-ins whose calls fail and are retried (Lesspay, the database), or that are paused,
          and before them those that Lesspay must get an answer about, with the time that is left
ACTION    ${ACTIONS.join(', ')}

--why     the reason, for the audit trail
--who     who does it, for the audit trail; the default is the user's login name
--alert   without REQUEST_ID: all pay-ins with an open alert of this code
          for acknowledge: closes only alerts of this code; without --alert all open alerts
--query   all pay-ins that match this Temporal visibility query, e.g. "PayinStatus = 'UNRESOLVED'"
--yes     do it to all that match; without --yes they are only listed
--status  for resolve: ${DECISIONS.join(', ')}
--ended   for wake with --query: also pay-ins whose run has ended
--unknown for wake with REQUEST_ID: also a pay-in that Temporal does not know, or no longer knows`);

/** How long a worker may take to answer, ms. */
const READ_TIMEOUT_MS = 5_000;

/**
 * `npm run payin` (see `USAGE`): shows a pay-in from its workflow, lists what pay-ins wait for, or does an action to one
 * pay-in or to many. Connects to the Temporal that `TEMPORAL_*` names.
 */
async function main(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      who: { type: 'string', default: loginName() },
      why: { type: 'string', default: '' },
      alert: { type: 'string' },
      query: { type: 'string' },
      status: { type: 'string' },
      yes: { type: 'boolean', default: false },
      ended: { type: 'boolean', default: false },
      unknown: { type: 'boolean', default: false },
    },
  });
  const [command = '', request_id, ...rest] = positionals;
  const { alert, query, yes, ended, unknown } = values;
  const isMany = alert !== undefined || query !== undefined;
  const task = taskOf();
  const client = temporalClient();
  try {
    await task(client);
  } finally {
    await client.connection.close();
  }

  /** @throws Error that says what is wrong with the command, before anything is done */
  function taskOf(): (client: Client) => Promise<void> {
    if (rest.length > 0) throw new Error(USAGE);
    if (command === 'waiting' && request_id === undefined) return showWaiting;
    if (command === 'show' && request_id) return (client) => show(client, request_id);
    if (!ACTIONS.includes(command) || (!request_id && !isMany)) throw new Error(USAGE);
    const action = actionOf(command);
    if (request_id) {
      if (query !== undefined || ended || yes)
        throw new Error(`--query, --ended and --yes are for many pay-ins\n${USAGE}`);
      return async (client) => console.log(await act(client, request_id, action, unknown));
    }
    if (unknown) throw new Error(`--unknown: needs REQUEST_ID\n${USAGE}`);
    if (ended && (command !== 'wake' || query === undefined))
      throw new Error(`--ended: is only for wake with --query\n${USAGE}`);
    return async (client) => {
      process.exitCode = await toMany(client, action, { alert, query, ended }, yes);
    };
  }

  function actionOf(name: string): Action {
    if (values.why.trim() === '') throw new Error(`--why: must give a reason, for the audit trail\n${USAGE}`);
    const codes = Object.keys(WHAT_TO_DO).sort();
    if (alert !== undefined && !codes.includes(alert))
      throw new Error(`--alert: there is no alert "${alert}": use one of ${codes.join(', ')}`);
    if (name === 'resolve' ? !DECISIONS.includes(values.status ?? '') : values.status !== undefined)
      throw new Error(`--status: is required for resolve, and only allowed there: one of ${DECISIONS.join(', ')}`);
    const { who, why, status } = values;
    const code = name === 'acknowledge' ? alert : undefined;
    const note = { who, why, ...(code === undefined ? {} : { code }), ...(status === undefined ? {} : { status }) };
    const problem = noteProblem(note, ['code', 'status']);
    if (problem !== undefined) throw new Error(problem);
    return { name, note };
  }
}

async function show(client: Client, request_id: string): Promise<void> {
  const paused = await client.workflow
    .getHandle(payinWorkflowId(request_id))
    .describe()
    .then(pausedOf, () => undefined);
  if (paused) console.error(`Note: ${pausedInWords(paused)}`);
  const payin = await readPayin(client, request_id, { timeoutMs: READ_TIMEOUT_MS });
  if (!payin) throw new Error(`Temporal knows no pay-in ${request_id}: check the request_id`);
  for (const { code, answer_by } of payin.alerts.filter(isOpenView))
    if (answer_by !== undefined) console.error(`Note: ${code}: ${toBeAnswered(new Date(answer_by))}`);
  console.log(JSON.stringify(payin, undefined, 2));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(inWords(error));
  process.exitCode = 1;
});
