import assert from 'node:assert/strict';
import type { AllocationView } from '../../../../src/core/domain/model';
import {
  buildTree,
  nodeId,
  type WorkspaceNode,
  WORKSPACES,
} from '../../../../src/vscode/views/portTree';
import { changedRows } from '../../../../src/vscode/views/treeChange';
import { A_HOLDER, allocationView, configurationView, serviceType } from '../../../support/views';

const SHOP = { name: 'Shop', workspace: '/home/me/shop' };

function tree(
  allocations: readonly AllocationView[],
  own = [SHOP],
  folders: readonly string[] = [],
) {
  const participants = [
    { id: 'p', kind: 'window' as const, label: 'x', pid: 1, version: '1', folders },
  ];
  return buildTree({ allocations, participants }, own);
}

const web = allocationView({ service: 'web', port: 3001 });
const api = allocationView({ service: 'api', port: 3000 });
const other = allocationView({ service: 'web', port: 3002, workspace: '/home/me/blog' });
const another = allocationView({ service: 'web', port: 3003, workspace: '/home/me/app' });

describe('buildTree', () => {
  it('is empty when nobody has a port, so that the welcome text shows', () => {
    assert.deepEqual(tree([]), []);
  });

  it('shows this window first, then the others by name, ports by number', () => {
    const rows = tree([web, other, api, another]).map(({ name, own, ports }) => [
      name,
      own,
      ports.map(({ view }) => view.port),
    ]);
    assert.deepEqual(rows, [
      ['Shop', true, [3000, 3001]],
      ['app', false, [3003]],
      ['blog', false, [3002]],
    ]);
  });

  it('shows an own workspace without ports among others', () => {
    assert.deepEqual(
      tree([other]).map(({ name, ports }) => [name, ports.length]),
      [
        ['Shop', 0],
        ['blog', 1],
      ],
    );
  });

  it('knows what another window has open', () => {
    const rows = tree([other, another], [SHOP], ['/home/me/app']);
    assert.deepEqual(
      rows.map(({ name, open }) => [name, open]),
      [
        ['Shop', true],
        ['app', true],
        ['blog', false],
      ],
    );
  });

  it('shows a shared port in the workspace of each holder, under the name it has there', () => {
    const rag = allocationView({
      service: 'rag',
      serviceType: 'ai',
      port: 11_430,
      group: 'ai',
      holders: [
        { ...A_HOLDER, workspace: SHOP.workspace, service: 'rag' },
        { ...A_HOLDER, workspace: '/home/me/docs', service: 'search' },
      ],
    });
    const rows = tree([rag]);
    assert.deepEqual(
      rows.map(({ name, ports }) => [name, ports.map(({ view }) => view.service)]),
      [
        ['Shop', ['rag']],
        ['docs', ['search']],
      ],
    );
    const ids = rows.flatMap(({ ports }) => ports.map(nodeId));
    assert.equal(new Set(ids).size, 2);
  });

  it('takes the types in force for what a browser opens', () => {
    const configuration = configurationView({ types: [serviceType({ protocol: 'tcp' })] });
    const shown = { allocations: [web], participants: [] };
    const urls = [shown, { ...shown, configuration }].map(
      (each) => buildTree(each, [SHOP])[0]?.ports[0]?.url,
    );
    assert.deepEqual(urls, ['http://localhost:3001', undefined]);
  });
});

function change(before: readonly WorkspaceNode[], after: readonly WorkspaceNode[]) {
  return changedRows(before, after, WORKSPACES);
}

describe('changedRows', () => {
  it('finds nothing in the same again', () => {
    assert.deepEqual(change(tree([web]), tree([structuredClone(web)])), []);
  });

  it('draws only the row that changed', () => {
    const before = tree([web, api, other]);
    const after = tree([{ ...web, state: 'listening' }, api, other]);
    assert.deepEqual(change(before, after), [`port:${web.id}`]);
  });

  it('draws a workspace whose ports came or went', () => {
    const [shop] = tree([web, api]);
    assert.ok(shop);
    assert.deepEqual(change(tree([web]), tree([web, api])), [nodeId(shop)]);
  });

  it('draws a workspace that another window opened', () => {
    const found = change(tree([other]), tree([other], [SHOP], ['/home/me/blog']));
    assert.deepEqual(found, ['workspace:other:/home/me/blog']);
  });

  it('draws all when workspaces come, go, or get their first port', () => {
    assert.deepEqual(change(tree([]), tree([web])), undefined);
    assert.deepEqual(change(tree([web]), tree([web, other])), undefined);
    assert.deepEqual(change(tree([other]), tree([other, web])), undefined);
    assert.deepEqual(change(tree([web]), tree([web], [])), undefined);
  });
});
