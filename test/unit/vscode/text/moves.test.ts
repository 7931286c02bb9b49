import assert from 'node:assert/strict';
import { movesBetween, movesText, withMoves } from '../../../../src/vscode/text/moves';
import { A_HOLDER, allocationView } from '../../../support/views';

const SHOP = '/home/me/shop';
const web = allocationView();
const moved = { ...web, port: 3005, movedFrom: 3000, movedBecause: 'its plan names 3005 now' };
const isOwn = (workspace: string): boolean => workspace === SHOP;

describe('movesBetween', () => {
  it('finds what has another port', () => {
    assert.deepEqual(movesBetween([web], [moved], isOwn), [
      {
        id: web.id,
        service: 'web',
        workspace: SHOP,
        from: 3000,
        to: 3005,
        why: 'its plan names 3005 now',
      },
    ]);
  });

  it('finds nothing in what came, went, stayed, or belongs to others', () => {
    const other = allocationView({ workspace: '/home/me/docs' });
    assert.deepEqual(movesBetween([web], [web], isOwn), []);
    assert.deepEqual(movesBetween([], [moved], isOwn), []);
    assert.deepEqual(movesBetween([web], [], isOwn), []);
    assert.deepEqual(movesBetween([other], [{ ...other, port: 3009 }], isOwn), []);
  });

  it('finds a shared one that is held here, under the name it has here', () => {
    const shared = allocationView({
      workspace: '/home/me/docs',
      group: 'dev',
      holders: [{ ...A_HOLDER, workspace: SHOP, service: 'site' }],
    });
    const [move] = movesBetween([shared], [{ ...shared, port: 3009 }], isOwn);
    assert.deepEqual([move?.service, move?.workspace], ['site', SHOP]);
  });
});

describe('moves that come together', () => {
  const [first] = movesBetween([web], [moved], isOwn);
  assert.ok(first);

  it('are one for one allocation, and none if it is back', () => {
    const later = { ...first, from: 3005, to: 3007 };
    assert.deepEqual(withMoves([first], [later]), [{ ...later, from: 3000 }]);
    assert.deepEqual(withMoves([first], [{ ...first, from: 3005, to: 3000 }]), []);
  });

  it('are told in one sentence', () => {
    assert.equal(movesText([]), '');
    assert.equal(
      movesText([first]),
      'web in shop moved from 3000 to 3005: its plan names 3005 now.',
    );
    assert.equal(
      movesText([{ id: 'x', service: 'web', workspace: SHOP, from: 1, to: 2 }]),
      'web in shop moved from 1 to 2.',
    );
    const many = [1, 2, 3, 4, 5, 6].map((at) => ({ ...first, id: `${at}`, service: `s${at}` }));
    assert.equal(
      movesText(many.slice(0, 2)),
      '2 ports moved: s1 in shop from 3000 to 3005, s2 in shop from 3000 to 3005.',
    );
    assert.match(movesText(many), /^6 ports moved: .* s4 in shop .* and 2 more\.$/);
  });
});
