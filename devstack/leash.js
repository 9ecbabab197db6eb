'use strict';
/**
 * Runs a program that must not outlive its owner: `fork('leash.js', [limit, program, ...args])`.
 * The channel to the owner closes when the owner dies, by SIGKILL too; then the program gets SIGTERM, and SIGKILL
 * when it is still there `limit` ms later.
 * Plain JavaScript, because it runs as a process of its own both from the sources (jest) and from dist/.
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
