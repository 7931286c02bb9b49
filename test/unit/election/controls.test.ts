/**
 * The same explorer, the same code, one rule off: each of them is found out, with a trace. If one
 * of these explorations found nothing, those that find nothing would prove nothing. `STYXY_EXPLORE=told`
 * prints the traces.
 */
import assert from 'node:assert/strict';
import { CONTROLS, WIDE_CONTROLS } from './configurations';
import { explore } from './explorer';

const MINUTE = 60_000;
const wide = process.env.STYXY_EXPLORE === 'wide' ? WIDE_CONTROLS : [];

describe('The exploration finds the lost or double answer when', () => {
  for (const { what, broken, kept } of [...CONTROLS, ...wide]) {
    it(`${what}, and only then`, function () {
      this.timeout(10 * MINUTE);
      const { violation, states } = explore(broken);
      assert.ok(violation !== undefined, `${states} states without a violation.`);
      const trace = violation.trace.map((step, index) => `${index + 1}. ${step}`);
      assert.ok(trace.length > 1, violation.what);
      const whole = explore(kept);
      const { what: also, trace: there = [] } = whole.violation ?? {};
      assert.equal(also, undefined, ['With all rules kept too:', ...there].join('\n  '));
      if (process.env.STYXY_EXPLORE !== undefined) {
        console.log([`      ${violation.what}`, ...trace].join('\n        '));
      }
      this.runnable().title += ` (after ${states} states; kept: ${whole.states} states)`;
    });
  }
});
