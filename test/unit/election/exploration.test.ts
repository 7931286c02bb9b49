/**
 * The production machine of `core/election`, and the production judgement of `core/recover`, in a
 * model of file system and processes whose every interleaving is visited. Two promises hold in
 * every state: no port is held by two, and what was answered is what every later leader serves and
 * what recovery finds. Not modelled: clean-up of old epochs, loss of power, limits of time.
 *
 * `STYXY_EXPLORE=wide` adds configurations that take minutes.
 */
import assert from 'node:assert/strict';
import { CONFIGURATIONS, EVERYTHING, WIDE_CONFIGURATIONS } from './configurations';
import { explore } from './explorer';

const MINUTE = 60_000;
const wide = process.env.STYXY_EXPLORE === 'wide' ? WIDE_CONFIGURATIONS : [];

describe('All interleavings of an election', () => {
  const reached = new Set<string>();

  for (const { what, setup, reaches } of [...CONFIGURATIONS, ...wide]) {
    it(`keep both promises: ${what}`, function () {
      this.timeout(30 * MINUTE);
      const found = explore(setup);
      found.reached.forEach((each) => reached.add(each));
      this.runnable().title += ` (${found.states} states, ${found.seconds.toFixed(1)} s)`;
      const { what: broken = '', trace = [] } = found.violation ?? {};
      assert.equal(broken, '', ['The way there:', ...trace].join('\n  '));
      assert.deepEqual(
        reaches.filter((each) => !found.reached.has(each)),
        [],
        'This was not reached.',
      );
      if (setup.budget.damages === 0) {
        assert.ok(!found.reached.has('suspect'), 'Nothing was damaged, yet a recovery suspects.');
      }
    });
  }

  it('reach every phase of the machine and every ending', () => {
    assert.deepEqual(
      EVERYTHING.filter((each) => !reached.has(each)),
      [],
    );
  });
});
