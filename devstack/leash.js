'use strict';
/**
 * Runs a program that must end with its parent process: `fork('leash.js', [limit, program, ...args])`.
 * The IPC channel to the parent closes when the parent dies, also by SIGKILL. Then the program gets SIGTERM, and SIGKILL
 * when it still runs `limit` ms later.
 * Plain JavaScript, because this process is started both from the sources (jest) and from dist/.
 */
const { spawn } = require('node:child_process');
const { constants } = require('node:os');

const [limit, program = '', ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });

function end() {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), Number(limit));
}

child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.once('spawn', () => process.connected && process.send({ pid: child.pid }));
child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
process.once('disconnect', end);
process.once('SIGTERM', end);
if (!process.connected) end();
