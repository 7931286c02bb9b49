import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { findTask, port, releaseAll, remove, shown, writeFile, written } from './support';

/** What a new terminal prints. */
async function inTerminal(command: string): Promise<string> {
  const terminal = vscode.window.createTerminal({ name: 'variables', shellPath: '/bin/sh' });
  try {
    terminal.sendText(`${command} > out-terminal.txt`);
    return await written('out-terminal.txt');
  } finally {
    terminal.dispose();
    await remove('out-terminal.txt');
  }
}

function setting(value: boolean | undefined): Thenable<void> {
  const target = vscode.ConfigurationTarget.Workspace;
  return vscode.workspace.getConfiguration('styxy').update('terminal.environment', value, target);
}

describe('terminals', function () {
  before(function () {
    // The shell of Windows has other words for this; what is set is the same.
    if (process.platform === 'win32') {
      this.skip();
    }
  });

  afterEach(async () => {
    await setting(undefined);
    await releaseAll();
  });

  it('have the port of each service of their folder', async () => {
    const allocated = await port('my-web.v2', { type: 'dev' });
    await shown('my-web.v2');
    assert.equal(await inTerminal('echo "[$STYXY_PORT_MY_WEB_V2]"'), `[${allocated}]`);
  });

  it('keep it after the release: open terminals would ask to be relaunched', async () => {
    const allocated = await port('kept', { type: 'dev' });
    await shown('kept');
    await releaseAll();
    assert.equal(await inTerminal('echo "[$STYXY_PORT_KEPT]"'), `[${allocated}]`);
  });

  it('have nothing when the user wants nothing', async () => {
    await port('unwanted', { type: 'dev' });
    await shown('unwanted');
    await setting(false);
    assert.equal(await inTerminal('echo "[$STYXY_PORT_UNWANTED]"'), '[]');
  });

  it('have the command line, which sees what the window sees', async () => {
    const allocated = await port('web', { type: 'dev' });
    assert.equal(await inTerminal('styxy port web 2>/dev/null'), allocated);
  });

  it('get no new value while that would end a server, and get it afterwards', async () => {
    const command = 'echo $$ > out-pid.txt; exec sleep 600';
    const serve = { label: 'serve', type: 'shell', command, isBackground: true };
    const file = { version: '2.0.0', tasks: [{ ...serve, problemMatcher: [] }] };
    await writeFile('.vscode/tasks.json', JSON.stringify(file));
    const execution = await vscode.tasks.executeTask(await findTask('serve'));
    const pid = Number(await written('out-pid.txt'));
    try {
      const allocated = await port('late', { type: 'dev' });
      await shown('late');
      assert.equal(await inTerminal('echo "[$STYXY_PORT_LATE]"'), '[]');
      process.kill(pid, 0);
      const ended = new Promise((resolve) => vscode.tasks.onDidEndTask(resolve));
      execution.terminate();
      await ended;
      assert.equal(await inTerminal('echo "[$STYXY_PORT_LATE]"'), `[${allocated}]`);
    } finally {
      execution.terminate();
      await remove('out-pid.txt');
      await remove('.vscode');
    }
  });
});
