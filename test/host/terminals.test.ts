import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { port, releaseAll, remove, shown, written } from './support';

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
});
