const { TestEnvironment } = require('jest-environment-node');

let kept;

/**
 * jest's environment for Node, made once in each of its processes: packages that are loaded once (packages-once.js) know
 * one `Error`, one `Map`, and so on. Each test file gets `process.env` as the process has it.
 */
module.exports = class OneContext extends TestEnvironment {
  constructor(config, context) {
    if (kept) {
      // What jest's runner for the file before had added.
      delete kept.global[Symbol.for('EVENT_HANDLERS')];
      const { env } = kept.global.process;
      for (const name of Object.keys(env)) delete env[name];
      Object.assign(env, process.env);
      return kept;
    }
    super(config, context);
    kept = this;
  }

  /** The next file goes on with it. */
  async teardown() {}
};
