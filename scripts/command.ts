#!/usr/bin/env node
import { AS_PROGRAM } from './invocation';

/** The program `lesspay-payins`: the commands for operators, where there is no clone of the repository to run npm in. */

const COMMANDS: Readonly<Record<string, () => Promise<unknown>>> = {
  payin: () => import('./payin.js'),
  notifications: () => import('./notifications.js'),
  reconcile: () => import('./reconcile.js'),
  setup: () => import('./setup.js'),
  keys: () => import('./keys.js'),
  'lesspay:probe': () => import('./lesspay-probe.js'),
};

const USAGE = `usage: lesspay-payins COMMAND ...

payin          shows one pay-in, lists those that wait, and does what operators do
notifications  shows which notifications are undelivered; sends or skips them
reconcile      compares Lesspay's orders with the order records
setup          registers the search attributes and the schedules in Temporal's namespace; once for each release
keys           makes keys: for the API, for what Temporal stores, for the codec server
lesspay:probe  checks the address, the credentials and the clock with one harmless query

Each command without arguments says how it is used. It reaches Temporal by TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and so on.`;

/** Each command reads its arguments from `process.argv` when it is loaded. */
async function main([name = '', ...args]: readonly string[]): Promise<void> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new Error(USAGE);
  process.env[AS_PROGRAM] = 'true';
  process.argv.splice(2, process.argv.length, ...args);
  await command();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
