'use strict';

const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

const { Spec } = Mocha.reporters;

/**
 * The readable `spec` report, and the counts as JSON in the file named by `STYXY_LANE_RESULT`, from
 * which `npm test` sums up. Written synchronously at the end: a run that dies leaves no file, and
 * so cannot be mistaken for one that passed.
 */
module.exports = class LaneReporter extends Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const file = process.env.STYXY_LANE_RESULT;
      if (file) {
        const { passes, failures, pending, tests } = this.stats;
        writeFileSync(file, JSON.stringify({ passes, failures, pending, tests }));
      }
    });
  }
};
