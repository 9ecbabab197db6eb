'use strict';
const { default: Sequencer } = require('@jest/test-sequencer');

/** What takes long first, so that no worker is left alone with it at the end. */
const LONG = [
  '/scripts/start',
  '/scripts/many-payins',
  '/test/model/',
  '/test/e2e/',
  '/test/workflows/',
  '/test/scripts/',
];

/** On a fresh clone jest knows no durations, and goes by the files' sizes: our longest tests are short to read. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = LONG.findIndex((folder) => path.includes(folder));
      return place === -1 ? LONG.length : place;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
