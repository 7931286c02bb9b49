'use strict';

const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

const { Spec } = Mocha.reporters;

/** Of an error in the sum: a property test's can be very long, and begins with what matters. */
const MAX_ERROR_LENGTH = 2000;

/**
 * The readable `spec` report, and the counts and failed tests as JSON in the file named by
 * `STYXY_LANE_RESULT`, from which `npm test` sums up. Written synchronously at the end: a run that
 * dies leaves no file, and so cannot be mistaken for one that passed.
 */
module.exports = class LaneReporter extends Spec {
  constructor(runner, options) {
    super(runner, options);
    const failed = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test, error) => {
      const text = String(error?.stack ?? error).slice(0, MAX_ERROR_LENGTH);
      failed.push({ title: test.fullTitle(), error: text });
    });
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const file = process.env.STYXY_LANE_RESULT;
      if (file) {
        const { passes, failures, pending, tests } = this.stats;
        writeFileSync(file, JSON.stringify({ passes, failures, pending, tests, failed }));
      }
    });
  }
};
