import assert from 'node:assert/strict';
import { rm, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { TypeNode } from '../../src/vscode/views/typesTree';
import { gone, port, releaseAll, said, shown, styxy, until } from './support';

/** The row of a type once it satisfies `isReady`. */
async function row(name: string, isReady: (node: TypeNode) => boolean): Promise<TypeNode> {
  const api = await styxy();
  return until(`the row of ${name}`, () =>
    api.types.find((node) => node.type.name === name && isReady(node)),
  );
}

async function configurationPath(): Promise<string> {
  const api = await styxy();
  return until('the configuration', () => api.snapshot?.configuration?.path);
}

describe('service types', () => {
  afterEach(async () => {
    await releaseAll();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  after(async () => {
    const api = await styxy();
    await rm(await configurationPath(), { force: true });
    await until('the defaults', () =>
      api.types.every(({ type }) => type.origin !== 'auto-allocated'),
    );
  });

  it('are shown with what is used of them, and by whom', async () => {
    const web = Number(await port('web', { type: 'dev' }));
    const { figures, ports } = await row('dev', (node) => node.ports.length > 0);
    assert.deepEqual([figures.used, figures.size], [1, 100]);
    assert.deepEqual(
      ports.map(({ view, own }) => [view.service, view.port, own]),
      [['web', web, true]],
    );
  });

  it('get a range when they are new, which can be undone once no port of it is held', async () => {
    const api = await styxy();
    const grafana = Number(await port('metrics', { type: 'grafana' }));
    const node = await row('grafana', ({ ports }) => ports.length > 0);
    assert.equal(node.type.origin, 'auto-allocated');
    assert.ok(grafana >= node.type.range.first && grafana <= node.type.range.last);

    const undo = (): Thenable<unknown> =>
      vscode.commands.executeCommand('styxy.undoAutoAllocation', node);
    const refused = await said(undo, 'Take Back');
    assert.match(refused[1] ?? '', new RegExp(`grafana.*${grafana}.*metrics.*Release them first`));

    await shown('metrics');
    await releaseAll();
    assert.deepEqual(await said(undo), ['Take back the range of grafana?']);
    assert.ok(api.types.some(({ type }) => type.name === 'grafana'));
    await said(undo, 'Take Back');
    await until('the end of the type', () =>
      api.types.every(({ type }) => type.name !== 'grafana'),
    );
  });

  it('get none while auto-allocation is off', async () => {
    const api = await styxy();
    const isEnabled = (): boolean | undefined =>
      api.snapshot?.configuration?.autoAllocation.enabled;
    await vscode.commands.executeCommand('styxy.disableAutoAllocation');
    try {
      await until('auto-allocation off', () => isEnabled() === false);
      await until('the message', () => api.typesMessage.startsWith('Auto-allocation is off'));
      await assert.rejects(port('tracing', { type: 'tracing' }), /auto-allocation is switched off/);
    } finally {
      await vscode.commands.executeCommand('styxy.enableAutoAllocation');
    }
    await until('auto-allocation on', () => isEnabled() === true);
    await gone('tracing');
  });

  it('come from a file that is made on demand, for its owner alone', async () => {
    const path = await configurationPath();
    await rm(path, { force: true });
    const open = (): Thenable<unknown> => vscode.commands.executeCommand('styxy.openConfiguration');
    assert.equal((await said(open)).length, 1);
    await assert.rejects(stat(path), { code: 'ENOENT' });
    await said(open, 'Create');
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const document = vscode.window.activeTextEditor?.document;
    assert.deepEqual([document?.uri.fsPath, document?.languageId], [path, 'jsonc']);
    assert.deepEqual(await said(open, 'Create'), []);
  });

  it('tell of a configuration that has errors, until it has none', async () => {
    const api = await styxy();
    const uri = vscode.Uri.file(await configurationPath());
    const write = (text: string): Thenable<void> =>
      vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    await write('{ "service_types": { "web": { "port_range": [5] } } }');
    await until('the problem', () => api.typesMessage.startsWith('config.json has errors'));
    await write('{ "service_types": { "web": { "port_range": [5173, 5199] } } }');
    const { type } = await row('web', () => true);
    assert.equal(type.origin, 'configured');
    await until('no problem', () => api.typesMessage === '');
  });
});

describe('the audit log', () => {
  afterEach(async () => {
    await releaseAll();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('is a read-only document that the command reads anew', async () => {
    const web = Number(await port('web', { type: 'dev' }));
    const show = (): Thenable<unknown> =>
      vscode.commands.executeCommand('styxy.showAuditLog', { kind: 'port', port: web });
    const text = (): string => vscode.window.activeTextEditor?.document.getText() ?? '';
    // The log is written behind the answers.
    await until('the entry', async () => {
      await show();
      return /granted +\d+ web \(dev\) in /.test(text());
    });
    assert.equal(vscode.window.activeTextEditor?.document.uri.scheme, 'styxy-audit');
    const before = text().split('\n').length;
    await shown('web');
    await releaseAll();
    await until('the new entry', async () => {
      await show();
      return text().split('\n').length > before && /released +\d+ web \(dev\)/.test(text());
    });
  });
});
