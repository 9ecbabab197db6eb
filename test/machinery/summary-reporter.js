'use strict';

/** Closes the output with one plain line, `12 passed, 0 failed`: for people and for whatever reads a CI log. */
module.exports = class SummaryReporter {
  onRunComplete(_contexts, results) {
    // A file that does not even load has no failed test, but it has failed.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const also = skipped > 0 ? `, ${skipped} skipped` : '';
    // Jest prints its own summary after all reporters.
    process.once('exit', () => process.stdout.write(`${results.numPassedTests} passed, ${failed} failed${also}\n`));
  }
};
