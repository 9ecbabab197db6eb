// Loaded by `--require` into a program: at its end, tells which modules of OpenTelemetry it has loaded.
process.on('exit', () => {
  const loaded = Object.keys(require.cache).filter((path) => /node_modules.@opentelemetry/.test(path));
  // `prom-client` loads the API, which does nothing without the rest.
  process.stderr.write(`LOADED ${loaded.filter((path) => !/@opentelemetry.api./.test(path)).length}\n`);
});
