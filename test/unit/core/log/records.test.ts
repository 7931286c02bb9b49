import assert from 'node:assert/strict';
import { bodyParts, bodyText } from '../../../../src/core/log/records';
import { apply } from '../../../../src/core/state/apply';
import { toBody } from '../../../../src/core/state/encode';
import { emptyState, type State } from '../../../../src/core/state/state';
import { grantOf } from '../../../support/world/makers';

function withGrants(count: number): State {
  const events = Array.from({ length: count }, (_, index) => {
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    return grantOf({ id, port: 20_000 + index, workspace: `/w/${index}/"ü` });
  });
  return events.reduce(apply, emptyState());
}

describe('the text of a state', () => {
  for (const count of [0, 1, 511, 512, 513, 1500]) {
    it(`is that of JSON with ${count} allocations`, () => {
      const state = { ...withGrants(count), extra: { later: { a: [1, null] }, none: null } };
      assert.equal(bodyText(state), JSON.stringify(toBody(state)));
    });
  }

  it('comes in parts of bounded size', () => {
    const longest = Math.max(...[...bodyParts(withGrants(2000))].map(({ length }) => length));
    assert.ok(longest < bodyText(withGrants(2000)).length / 3);
  });
});
