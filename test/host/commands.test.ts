import assert from 'node:assert/strict';
import { parse } from 'jsonc-parser';
import * as vscode from 'vscode';
import {
  answerDialogs,
  answerInput,
  folder,
  gone,
  listen,
  port,
  releaseAll,
  remove,
  said,
  shown,
  until,
  writeFile,
} from './support';

function run(command: string, ...args: unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`styxy.${command}`, ...args);
}

describe('commands', () => {
  afterEach(async () => {
    await releaseAll();
    await remove('.vscode');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('Allocate Port asks for type and name, and proposes both', async () => {
    const restore = answerDialogs(() => undefined);
    let isDone = false;
    void run('allocatePort').then(() => (isDone = true));
    await until('the end of the command', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return isDone;
    });
    restore();
    assert.equal((await shown('dev')).workspace, folder().uri.fsPath);
  });

  it('Copy Port and Copy URL put them on the clipboard', async () => {
    const allocated = await port('web', { type: 'dev' });
    const { id } = await shown('web');
    await run('copyPort', { id });
    assert.equal(await vscode.env.clipboard.readText(), allocated);
    await run('copyUrl', { id });
    assert.equal(await vscode.env.clipboard.readText(), `http://localhost:${allocated}`);
  });

  it('Copy URL refuses what no browser opens', async () => {
    await port('database');
    const { id } = await shown('database');
    const [message] = await said(() => run('copyUrl', { id }));
    assert.match(message ?? '', /database.*Copy its port instead/);
  });

  it('Move Port says from where to where', async () => {
    const from = await port('web', { type: 'dev' });
    const { id } = await shown('web');
    const restore = answerInput('3077');
    const messages = await said(() => run('movePort', { id }));
    restore();
    assert.equal(await port('web'), '3077');
    assert.match(messages[0] ?? '', new RegExp(`web moved from port ${from} to 3077`));
  });

  it('Release Port releases what nothing listens on without a question', async () => {
    await port('web', { type: 'dev' });
    const { id } = await shown('web');
    assert.deepEqual(await said(() => run('releasePort', { id })), []);
    await gone('web');
  });

  it('Release Port asks when something listens, and stops nothing', async () => {
    const allocated = Number(await port('web', { type: 'dev' }));
    const server = await listen(allocated);
    try {
      const { id } = await shown('web');
      await until('a listening server', async () => (await shown('web')).state === 'listening');
      assert.equal((await said(() => run('releasePort', { id }))).length, 1);
      assert.equal((await shown('web')).port, allocated);
      const messages = await said(() => run('releasePort', { id }), 'Release');
      assert.deepEqual(messages, [`Release port ${allocated} of web in ${folder().name}?`]);
      await gone('web');
      assert.ok(server.listening);
    } finally {
      server.close();
    }
  });

  it('Release Workspace Ports names them all', async () => {
    await Promise.all([port('web', { type: 'dev' }), port('api')]);
    await Promise.all([shown('web'), shown('api')]);
    const messages = await said(() => run('releaseWorkspacePorts'), 'Release All');
    assert.match(messages[0] ?? '', /^Release 2 ports of /);
    await Promise.all([gone('web'), gone('api')]);
  });

  it('an item that is gone meanwhile is an error in words', async () => {
    const [message] = await said(() => run('copyPort', { id: 'gone' }));
    assert.match(message ?? '', /not allocated any more/);
  });

  it('Inspect Port opens a page', async () => {
    const allocated = await port('web', { type: 'dev' });
    await run('inspectPort', { id: (await shown('web')).id });
    await until('the page', () =>
      vscode.window.tabGroups.activeTabGroup.tabs.some(
        ({ label, input }) =>
          label === `Port ${allocated}` && input instanceof vscode.TabInputWebview,
      ),
    );
  });

  it('Add Port Variable begins a tasks.json, and adds to one with comments', async () => {
    const allocated = await port('web', { type: 'dev' });
    const { id } = await shown('web');
    const messages = await said(() => run('addPortVariable', { id, file: 'tasks.json' }));
    const uri = vscode.Uri.joinPath(folder().uri, '.vscode/tasks.json');
    const read = async () => new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    assert.deepEqual(parse(await read()).inputs, [
      {
        id: 'webPort',
        type: 'command',
        command: 'styxy.port',
        args: { service: 'web', type: 'dev' },
      },
    ]);
    assert.equal(await vscode.env.clipboard.readText(), '${input:webPort}');
    assert.match(messages[0] ?? '', new RegExp(`\\$\\{input:webPort\\} stands for ${allocated}`));

    const commented = '{\n    // mine\n    "version": "2.0.0" // kept\n}\n';
    await writeFile('.vscode/tasks.json', commented);
    await until('the editor to see the file', async () => {
      const document = await vscode.workspace.openTextDocument(uri);
      return document.getText() === commented;
    });
    await said(() => run('addPortVariable', { id, file: 'tasks.json' }));
    assert.match(await read(), /^\{\n {4}\/\/ mine\n {4}"version": "2\.0\.0", \/\/ kept\n/);
    assert.equal(parse(await read()).inputs[0].id, 'webPort');
  });

  it('Add Port Variable leaves a broken file alone and names the line', async () => {
    await port('web', { type: 'dev' });
    const { id } = await shown('web');
    const uri = await writeFile('.vscode/launch.json', '{\n  "version": \n');
    const [message] = await said(() => run('addPortVariable', { id, file: 'launch.json' }));
    assert.match(message ?? '', /launch\.json cannot be read \(line 3: /);
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    assert.equal(text, '{\n  "version": \n');
  });

  it('Copy Diagnostics names versions and roles, and no folder', async () => {
    await said(() => run('copyDiagnostics'));
    const text = await vscode.env.clipboard.readText();
    assert.match(text, /^Styxy \d+\.\d+\.\d+\n/);
    assert.match(text, /\nRole: leader, epoch \d+\n/);
    assert.ok(!text.includes(folder().uri.fsPath));
  });

  it('Hand Over Leadership lets the next one lead: here this window again', async () => {
    const allocated = await port('web', { type: 'dev' });
    await run('handOverLeadership');
    assert.equal(await port('web'), allocated);
  });
});
