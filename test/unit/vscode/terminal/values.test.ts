import assert from 'node:assert/strict';
import { newValues, portValues, readPortValues } from '../../../../src/vscode/terminal/values';
import { allocationView } from '../../../support/views';

describe('terminal variables', () => {
  it('holds the ports of one workspace', () => {
    const views = [
      allocationView({ service: 'web', port: 3000 }),
      allocationView({ service: 'my-api.v2', port: 8000 }),
      allocationView({ service: 'db', port: 5430, workspace: '/elsewhere' }),
    ];
    assert.deepEqual(portValues(views, '/home/me/shop'), {
      values: { STYXY_PORT_WEB: '3000', STYXY_PORT_MY_API_V2: '8000' },
      collided: [],
    });
  });

  it('gives a name that two services share to the older one', () => {
    const views = [
      allocationView({ service: 'a-b', port: 3001, allocatedAt: 2 }),
      allocationView({ service: 'a.b', port: 3000, allocatedAt: 1 }),
    ];
    assert.deepEqual(portValues(views, '/home/me/shop'), {
      values: { STYXY_PORT_A_B: '3000' },
      collided: ['a-b'],
    });
  });

  it('sets only what is new, and takes nothing away', () => {
    assert.deepEqual(newValues({ A: '1', B: '2' }, { A: '1' }), {});
    assert.deepEqual(newValues({ A: '1' }, { A: '2', C: '3' }), { A: '2', C: '3' });
  });

  it('believes no memory that is none', () => {
    for (const kept of [undefined, null, 7, 'x', [], { PATH: '/evil' }]) {
      assert.deepEqual(readPortValues(kept), {});
    }
    assert.deepEqual(
      readPortValues({ STYXY_PORT_WEB: '3000', STYXY_PORT_X: 'rm', STYXY_PORT_Y: {} }),
      { STYXY_PORT_WEB: '3000' },
    );
  });
});
