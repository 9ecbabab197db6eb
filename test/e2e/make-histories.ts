import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyText } from '../../scripts/history-text';
import { payinWorkflowId } from '../../client';
import { startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { parkedAt } from './parked-at';
import { PARKED_BESIDE } from './parked-beside';
import { aroundRecord, PARKED } from './parked-payins';

/**
 * Not a test: `npm run histories:make` parks a pay-in, and what runs beside it, at every wait there is, on a real server, and saves its history as
 * `test/histories/NAME.json`, with `SINCE` set as `NAME.SINCE.json`. What is saved is never written over: it shows how
 * runs of its release went. See docs/changing-workflows.md.
 */

const SINCE = process.env['SINCE'];

let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig({ aroundRecord });
});
afterAll(() => rig.close());

const all = [
  ...Object.entries(PARKED).map(([name, { at, park }]) => {
    return { name, at, park: async () => payinWorkflowId(await park(rig)) };
  }),
  ...Object.entries(PARKED_BESIDE).map(([name, { at, park }]) => ({ name, at, park: () => park(rig) })),
];

it.each(all)('$name', async ({ name, at, park }) => {
  const handle = rig.client.workflow.getHandle(await park());
  let history = await handle.fetchHistory();
  const parked = async () => {
    history = await handle.fetchHistory();
    return parkedAt(history) === at;
  };
  await waitFor(parked, { what: `${name}, parked at ${at}` });
  const path = join(__dirname, '../histories', `${SINCE ? `${name}.${SINCE}` : name}.json`);
  await expect(writeFile(path, historyText(history), { flag: 'wx' })).resolves.toBeUndefined();
});
