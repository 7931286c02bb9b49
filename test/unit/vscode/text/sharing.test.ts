import assert from 'node:assert/strict';
import { heldBy, placesText, seenFromAll, seenFromHere } from '../../../../src/vscode/text/sharing';
import { A_HOLDER, allocationView } from '../../../support/views';

const SHOP = '/home/me/shop';
const DOCS = '/home/me/docs';
const shared = allocationView({
  group: 'ai/rag',
  workspace: DOCS,
  service: 'rag',
  holders: [
    { ...A_HOLDER, workspace: DOCS, service: 'rag' },
    { ...A_HOLDER, participant: 'p2', workspace: DOCS, service: 'rag' },
    { ...A_HOLDER, workspace: SHOP, service: 'rag' },
  ],
});

describe('an allocation as its pairs see it', () => {
  it('is seen once by each of them', () => {
    assert.deepEqual(
      seenFromAll(shared).map(({ workspace }) => workspace),
      [DOCS, SHOP],
    );
    assert.deepEqual(seenFromAll(allocationView()), [allocationView()]);
  });

  it('is seen from here if it is here', () => {
    assert.equal(seenFromHere(shared, (workspace) => workspace === SHOP).workspace, SHOP);
    assert.equal(seenFromHere(shared, () => false).workspace, DOCS);
  });

  it('stays for the others, each workspace once', () => {
    assert.deepEqual(heldBy(shared, { workspace: SHOP, service: 'rag' }), [DOCS]);
    assert.deepEqual(heldBy(shared, { workspace: DOCS, service: 'rag' }), [SHOP]);
    assert.deepEqual(heldBy(allocationView(), { workspace: '/x', service: 'x' }), []);
  });
});

describe('placesText', () => {
  it('names few and counts many', () => {
    const text = (...names: string[]) => placesText(names.map((name) => `/home/me/${name}`));
    assert.equal(text('shop'), 'shop');
    assert.equal(text('shop', 'docs'), 'shop and docs');
    assert.equal(text('a', 'b', 'c'), 'a, b and c');
    assert.equal(text('a', 'b', 'c', 'd', 'e'), 'a, b, c and 2 more');
  });
});
