import assert from 'node:assert/strict';
import { changedRows } from '../../../../src/vscode/views/treeChange';
import { TYPES, buildTypes } from '../../../../src/vscode/views/typesTree';
import { A_HOLDER, allocationView, configurationView, serviceType } from '../../../support/views';

const api = serviceType({ name: 'api', range: { first: 8000, last: 8099 } });
const grafana = serviceType({ name: 'grafana', origin: 'auto-allocated' });
const web = allocationView({ port: 3001 });
const docs = allocationView({ port: 3000, workspace: '/home/me/docs' });

function types(allocations = [web, docs], some = [serviceType(), api]) {
  const configuration = configurationView({ types: some });
  return buildTypes({ allocations, configuration }, (workspace) => workspace === '/home/me/shop');
}

describe('buildTypes', () => {
  it('is empty before the first push, so that a welcome text shows', () => {
    assert.deepEqual(
      buildTypes(undefined, () => true),
      [],
    );
  });

  it('has a row for each type in force, with its ports by number', () => {
    assert.deepEqual(
      types().map(({ type, figures, ports }) => [
        type.name,
        figures.used,
        ports.map(({ view, own }) => [view.port, own]),
      ]),
      [
        [
          'dev',
          2,
          [
            [3000, false],
            [3001, true],
          ],
        ],
        ['api', 0, []],
      ],
    );
  });

  it('shows a shared port once, as this window has it', () => {
    const shared = allocationView({
      workspace: '/home/me/docs',
      group: 'dev',
      holders: [
        { ...A_HOLDER, workspace: '/home/me/docs', service: 'web' },
        { ...A_HOLDER, workspace: '/home/me/shop', service: 'site' },
      ],
    });
    const [dev] = types([shared]);
    assert.deepEqual(
      dev?.ports.map(({ view, own }) => [view.service, view.workspace, own]),
      [['site', '/home/me/shop', true]],
    );
  });
});

describe('what is drawn again of the types', () => {
  it('is nothing for the same, the row for another use, all for another type', () => {
    assert.deepEqual(changedRows(types(), types(), TYPES), []);
    const released = changedRows(types(), types([web]), TYPES);
    assert.deepEqual(released, ['type:dev']);
    const [dev] = types();
    assert.ok(dev);
    const reserved = { ...dev.figures, reserved: [{ port: 3050, name: 'printer' }] };
    const changed = changedRows([dev], [{ ...dev, figures: reserved }], TYPES);
    assert.deepEqual(changed, ['type:dev']);
    const listens = changedRows(types(), types([{ ...web, state: 'listening' }, docs]), TYPES);
    assert.deepEqual(listens, [`port:${web.id}`]);
    const added = changedRows(types(), types([web, docs], [serviceType(), api, grafana]), TYPES);
    assert.deepEqual(added, undefined);
  });
});
