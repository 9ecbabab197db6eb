const { sep } = require('node:path');
const { default: Runtime } = require('jest-runtime');

const PACKAGES = `${sep}node_modules${sep}`;
const loaded = new Map();
let current;

/**
 * jest's module loader (its option `runtime`, which its documentation does not name), but for one thing: a package is
 * loaded once in each process, not once for each test file. The files of this project are loaded anew for each.
 * Temporal's SDK, its protobufs and zod cost about half a second a file otherwise.
 */
class PackagesOnce extends Runtime {
  constructor(...options) {
    super(...options);
    current = this;
    const modules = this.registries.getActiveCjsRegistry();
    for (const [path, module] of loaded) modules.set(path, module);
  }

  /** A package may `require` late, in another file than that which has loaded it. */
  requireModuleOrMock(from, name) {
    return this === current ? super.requireModuleOrMock(from, name) : current.requireModuleOrMock(from, name);
  }

  teardown() {
    for (const [path, module] of this.registries.getActiveCjsRegistry())
      if (path.includes(PACKAGES)) loaded.set(path, module);
    super.teardown();
  }
}

module.exports = { __esModule: true, default: PackagesOnce };
