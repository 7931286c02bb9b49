import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { folder, port, releaseAll, shown, styxy, until } from './support';

describe('views', () => {
  afterEach(releaseAll);

  it('show nothing before there is a port', async () => {
    const api = await styxy();
    assert.deepEqual(api.rows, []);
    assert.equal(api.statusText, '$(plug) Styxy');
  });

  it('show this window, its ports and their states', async () => {
    const api = await styxy();
    const web = await port('web', { type: 'dev' });
    const backEnd = await port('api');
    await Promise.all([shown('web'), shown('api')]);
    const [row] = api.rows;
    assert.equal(row?.name, folder().name);
    assert.equal(row?.own, true);
    assert.deepEqual(
      row?.ports.map(({ view }) => [view.service, String(view.port), view.state]),
      [
        ['web', web, 'reserved'],
        ['api', backEnd, 'reserved'],
      ],
    );
    assert.equal(api.statusText, `$(plug) api ${backEnd} · web ${web}`);
  });

  it('let the status bar item lead to the tree', async () => {
    await port('web', { type: 'dev' });
    await shown('web');
    await assert.doesNotReject(async () =>
      vscode.commands.executeCommand('styxy.workspaces.focus'),
    );
  });

  it('hear of what another participant does', async () => {
    const api = await styxy();
    await port('web', { type: 'dev' });
    await until('the row', () => api.rows[0]?.ports.length === 1);
    await releaseAll();
    await until('no rows', () => api.rows.length === 0);
    assert.equal(api.statusText, '$(plug) Styxy');
  });
});
