import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor, type WorkbenchWindow } from '../support/workbench';
import { allocate } from './support/actions';
import { Stage } from './support/stage';

function welcome(window: WorkbenchWindow, text: RegExp): Promise<string> {
  return waitFor({
    what: `the welcome text ${text}`,
    read: () => window.welcomeText(),
    until: (shown) => text.test(shown),
  });
}

describe('an editor that asks whether folders are trusted', () => {
  let stage: Stage;
  let empty: WorkbenchWindow;
  let web: WorkbenchWindow;

  before(async () => {
    stage = await Stage.start({
      trust: true,
      // The question in the middle of the window; there is a banner as well.
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
    });
  });

  after(() => stage?.dispose());

  afterEach(function () {
    return stage.keepPictures(this.currentTest);
  });

  it('has no ports without a folder, and says what to do', async () => {
    empty = await stage.open();
    await empty.openView('Styxy');
    await welcome(empty, /^Ports belong to folders\. Open one.*Open Folder$/);
    await empty.waitForStatusBar('styxy.ports', 'Styxy');
    const commands = await empty.commandsFor('Styxy: ');
    assert.ok(!commands.includes('Styxy: Allocate Port...'), commands.join());
    assert.ok(commands.includes('Styxy: Inspect Port'), commands.join());
    await empty.close();
  });

  it('says what an untrusted folder cannot have', async () => {
    web = await stage.open('web');
    await web.openView('Styxy');
    await welcome(
      web,
      /^This workspace is not trusted\. Styxy shows its ports, but writes no files/,
    );
  });

  it('shows ports of an untrusted folder', async () => {
    const port = await stage.port('web', 'docs');
    await web.waitForRow(new RegExp(`^docs ${port} · reserved`));
    await web.waitForStatusBar('styxy.ports', `docs ${port}`);
    const { message } = await allocate(web, 'api', 'api');
    assert.match(message, /^api in web has port 8\d\d\d\.$/);
    await web.clearNotifications();
  });

  it('writes no file there, and says why', async () => {
    const file = join(stage.folder('web'), '.vscode/tasks.json');
    const before = await readFile(file, 'utf8');
    await web.clickRowMenu(/^docs /, 'Add Port Variable...');
    const { severity, buttons, message } = await web.waitForNotification(
      'Styxy writes no files in a workspace that is not trusted. Trust it first.',
    );
    assert.equal(severity, 'error');
    assert.deepEqual(buttons, ['Manage Workspace Trust']);
    assert.equal(await readFile(file, 'utf8'), before);

    await web.clickNotificationButton(message, 'Manage Workspace Trust');
    await web.page.locator('.workspace-trust-editor').waitFor();
  });

  it('does after it was trusted what it refused before', async () => {
    await web.trustWorkspace();
    await web.clickRowMenu(/^docs /, 'Add Port Variable...');
    await web.pickRow('tasks.json');
    await web.waitForNotification(/^\$\{input:docsPort\} stands for \d+ in tasks\.json/);
    const file = join(stage.folder('web'), '.vscode/tasks.json');
    assert.match(await readFile(file, 'utf8'), /"id": "docsPort"/);
    await web.clearNotifications();
  });

  it('has a button where a trusted folder has no ports yet', async () => {
    for (const { id } of await stage.allocations()) {
      await stage.styxy('release', id);
    }
    const text = await welcome(web, /^No port is allocated yet\./);
    assert.match(text, /\$\{command:styxy\.port\.dev\}/);
    await web.clickWelcomeButton('Allocate Port...');
    await web.typeInInput('', { enter: false, prompt: /What kind of service is it\?/ });
    await web.closeQuickInput();
  });
});
