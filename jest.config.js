/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/machinery/one-context.js',
  runtime: '<rootDir>/test/machinery/packages-once.js',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }],
    // They import parts of Node with `import()`, which jest's modules can't do: made into `require`.
    'pglite/dist/.+\\.cjs$': ['@swc/jest', { jsc: { target: 'es2022' } }],
    'otlp-exporter-base/.+\\.js$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: ['/node_modules/(?!@electric-sql/pglite/|@opentelemetry/otlp-exporter-base/)'],
  setupFiles: ['<rootDir>/test/machinery/own-task-queue.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/machinery/replay-file.ts'],
  globalSetup: '<rootDir>/test/machinery/global-setup.ts',
  globalTeardown: '<rootDir>/test/machinery/global-teardown.ts',
  testSequencer: '<rootDir>/test/machinery/longest-first.js',
  reporters: ['default', '<rootDir>/test/machinery/summary-reporter.js'],
  // When a test is given up. What it waits for, `waitFor` gives up before that.
  testTimeout: 300_000,
  // Most of the time they wait.
  maxWorkers: 4,
  // A worker's process is made anew when test files have left so much in it: Temporal's connections never let go of all
  // that they have entered, which makes every promise slower (findings/closed-native-connection-slows-promises.sh).
  workerIdleMemoryLimit: '300MB',
};
