'use strict';
/**
 * Runs a program that must not outlive its owner: `fork('leash.js', [program, ...args])`.
 * The channel to the owner closes when the owner dies, by SIGKILL too; then the program gets SIGTERM, and SIGKILL later.
 * Plain JavaScript, because it runs as a process of its own both from the sources (jest) and from dist/.
 */
const { spawn } = require('node:child_process');

/** How long the program may take to end in peace, ms: `LEASH_LIMIT_MS` or 10 s. */
const limit = Number(process.env.LEASH_LIMIT_MS ?? 10_000);
const [program = '', ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });

function end() {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), limit);
}

child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.once('spawn', () => process.connected && process.send({ pid: child.pid }));
child.once('exit', (code, signal) => process.exit(code ?? 128 + require('node:os').constants.signals[signal]));
process.once('disconnect', end);
process.once('SIGTERM', end);
// A terminal's Ctrl-C is for the owner, who ends its parts in order.
process.on('SIGINT', () => undefined);
if (!process.connected) end();
