import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answerDialogs, folder, port, releaseAll, resolveLaunch, shown, styxy } from './support';

/** The window of this lane is trusted; what asks for trust is told otherwise for a while. */
function distrust(): () => void {
  const original = Object.getOwnPropertyDescriptor(vscode.workspace, 'isTrusted');
  assert.ok(original?.configurable);
  Object.defineProperty(vscode.workspace, 'isTrusted', { configurable: true, get: () => false });
  return () => Object.defineProperty(vscode.workspace, 'isTrusted', original);
}

describe('a workspace that is not trusted', () => {
  let restore: () => void;

  beforeEach(async () => {
    await port('web', { type: 'dev' });
    await shown('web');
    restore = distrust();
  });

  afterEach(async () => {
    restore();
    await releaseAll();
  });

  it('shows its ports', async () => {
    const { rows, statusText } = await styxy();
    assert.equal(rows[0]?.ports.length, 1);
    assert.match(statusText, /web \d+/);
  });

  it('gets no answer to its variables', async () => {
    await assert.rejects(port('web'), /not trusted\. Trust it/);
    await assert.rejects(port('api'), /not trusted/);
    // The provider of launch.json refuses as well, so nothing behind it is asked.
    await assert.rejects(resolveLaunch(folder(), { port: '${command:styxy.port.api}' }));
  });

  it('gets no files written', async () => {
    const { id } = await shown('web');
    const messages: string[] = [];
    const answered = answerDialogs((message) => {
      messages.push(message);
      return undefined;
    });
    await vscode.commands.executeCommand('styxy.addPortVariable', { id, file: 'tasks.json' });
    answered();
    assert.match(messages[0] ?? '', /writes no files/);
  });
});
