import assert from 'node:assert/strict';
import { realpath } from 'node:fs/promises';
import * as vscode from 'vscode';
import { folder, port, releaseAll, requireEnv, said, styxy, until } from './support';

describe('the doctor of a window', () => {
  before(async () => {
    await styxy();
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await releaseAll();
  });

  /** The text of the page that a command opens; nothing is said beside it. */
  async function opened(command: string): Promise<string> {
    const messages = await said(() => vscode.commands.executeCommand(`styxy.${command}`));
    assert.deepEqual(messages, []);
    const document = await until('the page', () => vscode.window.activeTextEditor?.document);
    assert.equal(document.uri.scheme, 'styxy-doctor');
    assert.equal(document.languageId, 'markdown');
    return document.getText();
  }

  it('says on one page what is wrong, and what it follows from', async () => {
    const text = await opened('diagnose');
    assert.match(text, /^# Styxy Doctor\n/);
    assert.match(text, /\n## Findings\n\n- /);
    assert.ok(text.includes(`Home: ${await realpath(requireEnv('STYXY_HOME'))}`));
    assert.match(text, /\n- Leader: .*\(window, pid \d+\)\n- Epoch: \d+, since /);
    assert.match(text, /\n- \*\*state\*\*: in order\. /);
  });

  it('reads the page anew when it is asked again', async () => {
    const committed = (text: string): number =>
      Number(/Storage: ok, commits: (\d+)/.exec(text)?.[1]);
    const before = committed(await opened('diagnose'));
    await port('web', { type: 'dev' });
    const again = await until('the new text', async () => {
      const now = committed(await opened('diagnose'));
      return now > before && now;
    });
    assert.ok(again > before);
  });

  it('shows the recovery report with its steps', async () => {
    const text = await opened('showRecoveryReport');
    assert.match(text, /^# Styxy Recovery Report\n/);
    for (const step of ['state', 'configuration', 'orphans', 'singletons', 'indices']) {
      assert.ok(text.includes(`\n- **${step}**: `), step);
    }
  });

  it('puts its facts on the clipboard, without the home and the folders', async () => {
    await said(() => vscode.commands.executeCommand('styxy.copyDiagnostics'));
    const text = await vscode.env.clipboard.readText();
    assert.match(text, /\nHome: mode 0700, 0 exposed, 0 quarantined\n/);
    assert.match(text, /\nFindings: /);
    for (const path of [requireEnv('STYXY_HOME'), folder().uri.fsPath]) {
      assert.ok(!text.includes(path), path);
    }
  });
});
