import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkbenchWindow } from '../support/workbench';
import { Stage } from './support/stage';

function input(id: string, args: object): object {
  return { id, type: 'command', command: 'styxy.port', args };
}

function printTask(label: string, ...args: string[]): object {
  const script = "console.log('ports', process.argv.slice(1).join(' '))";
  return {
    label,
    type: 'process',
    command: 'node',
    args: ['-e', script, ...args],
    problemMatcher: [],
  };
}

const WORKSPACE = {
  folders: [{ path: 'web' }, { path: 'shop' }],
  tasks: {
    version: '2.0.0',
    tasks: [
      printTask('both', '${input:webPort-web}', '${input:webPort-shop}'),
      printTask('unclear', '${input:docsPort}'),
    ],
    inputs: [
      input('webPort-web', { service: 'web', type: 'dev', folder: 'web' }),
      input('webPort-shop', { service: 'web', type: 'dev', folder: 'shop' }),
      input('docsPort', { service: 'docs' }),
    ],
  },
};

describe('a workspace with two folders', () => {
  let stage: Stage;
  let both: WorkbenchWindow;

  before(async () => {
    stage = await Stage.start();
    await writeFile(join(stage.code, 'both.code-workspace'), JSON.stringify(WORKSPACE));
    both = await stage.open('both.code-workspace');
    await both.openView('Styxy');
  });

  after(() => stage?.dispose());

  afterEach(async function () {
    await stage.keepPictures(this.currentTest);
    await both.closeQuickInput();
  });

  it('has a port of the same name in each folder, by inputs that name the folder', async () => {
    await both.runTask('both');
    const text = await both.waitForTerminal(/ports \d+ \d+/);
    const [, web, shop] = /ports (\d+) (\d+)/.exec(text) ?? [];
    assert.notEqual(web, shop);
    assert.equal((await stage.allocation('web', 'web')).port, Number(web));
    assert.equal((await stage.allocation('shop', 'web')).port, Number(shop));
    await both.waitForRow(new RegExp(`^web ${web} · reserved`));
    await both.waitForRow(new RegExp(`^web ${shop} · reserved`));
    assert.deepEqual(
      (await both.treeItems()).map(({ label, level }) => `${level} ${label}`),
      ['1 web', '2 web', '1 shop', '2 web'],
    );
    await both.waitForStatusBar('styxy.ports', `web ${web} · web ${shop}`);
  });

  it('is told how to name the folder where that is not clear', async () => {
    await both.runTask('unclear');
    await both.waitForNotification(/Which folder is "docs" for\? Use an input.*web, shop/);
    await both.clearNotifications();
    assert.equal((await stage.allocations()).length, 2);
  });

  it('asks which folder a port is for', async () => {
    await both.runCommand('Styxy: Allocate Port...');
    await both.typeInInput('', { enter: false, prompt: /Which folder is the port for\?/ });
    await both.pickRow('shop');
    await both.pickRow('api');
    await both.typeInInput('api', { prompt: /Name of the service in shop/ });
    await both.waitForNotification(/^api in shop has port 8\d\d\d\.$/);
    await both.closeNotifications();
    await stage.allocation('shop', 'api');
  });

  it('gets inputs that name the folder', async () => {
    await both.clickRowMenu(/^api /, 'Add Port Variable...');
    await both.pickRow('tasks.json');
    await both.waitForNotification(/^\$\{input:apiPort-shop\} stands for 8\d\d\d in tasks\.json/);
    const text = await readFile(join(stage.folder('shop'), '.vscode/tasks.json'), 'utf8');
    assert.match(text, /"id": "apiPort-shop"/);
    assert.match(text, /"folder": "shop"/);
  });
});
