import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyText } from '../../scripts/history-text';
import { startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { parkedAt } from './parked-at';
import { PARKED } from './parked-payins';

/**
 * Not a test: `npm run histories:make` parks a pay-in at every wait there is, on a real server, and saves its history as
 * `test/histories/NAME.json`, with `SINCE` set as `NAME.SINCE.json`. What is saved is never written over: it shows how
 * runs of its release went. See docs/changing-workflows.md.
 */

const SINCE = process.env['SINCE'];

let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

it.each(Object.entries(PARKED))('%s', async (name, { at, park }) => {
  const request_id = await park(rig);
  let history = await rig.handle(request_id).fetchHistory();
  const parked = async () => {
    history = await rig.handle(request_id).fetchHistory();
    return parkedAt(history) === at;
  };
  await waitFor(parked, { what: `${name}, parked at ${at}` });
  const path = join(__dirname, '../histories', `${SINCE ? `${name}.${SINCE}` : name}.json`);
  await expect(writeFile(path, historyText(history), { flag: 'wx' })).resolves.toBeUndefined();
});
