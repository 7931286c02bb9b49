import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import { BUILT_IN_CATALOGUE } from '../../src/core/domain/catalogue';
import { waitFor, type WorkbenchWindow } from '../support/workbench';
import { allocate, opened, portIn } from './support/actions';
import { picture } from './support/pictures';
import { Stage } from './support/stage';

/** Prints what the variable stands for; the input that it needs is not there yet. */
const PRINT_TASK = `{
      "label": "print",
      "type": "process",
      "command": "node",
      "args": ["-e", "console.log('it is', process.argv[1])", "\${input:apiPort}"],
      "problemMatcher": []
    }`;

describe('allocating a port', () => {
  let stage: Stage;
  let shop: WorkbenchWindow;
  let tasksFile: string;
  let port: number;

  before(async () => {
    stage = await Stage.start({ width: 1000, height: 715 });
    tasksFile = join(stage.folder('shop'), '.vscode/tasks.json');
    const text = await readFile(tasksFile, 'utf8');
    await writeFile(tasksFile, text.replace('"tasks": [', `"tasks": [\n    ${PRINT_TASK},`));
    shop = await stage.open('shop');
  });

  after(() => stage?.dispose());

  afterEach(async function () {
    await stage.keepPictures(this.currentTest);
    await shop.closeQuickInput();
  });

  it('begins with the types: range, use, description', async () => {
    await shop.runCommand('Styxy: Allocate Port...');
    for (const { name, range, description, examples } of BUILT_IN_CATALOGUE.values()) {
      await shop.typeInInput(name, { enter: false, prompt: /What kind of service is it\?/ });
      const rows = await waitFor({
        what: `the type ${name}`,
        read: () => shop.pickRows(),
        until: (all) => all.some(({ label }) => label === name),
      });
      const row = rows.find(({ label }) => label === name);
      const size = range.last - range.first + 1;
      const figures = `${range.first}-${range.last} · 0 of ${size} used`;
      assert.ok(row?.description.startsWith(figures), row?.description);
      assert.equal(row?.detail, `${description}: ${examples.join(', ')}`);
    }
  });

  it('goes on with a name, and says what is wrong with one', async () => {
    await shop.runCommand('Styxy: Allocate Port...');
    await shop.pickRow('api');
    await shop.typeInInput('-api', { prompt: /Name of the service in shop/ });
    await waitForMessage(/Use 1 to 64 letters, digits/);
    await shop.closeQuickInput();
    assert.deepEqual(await stage.allocations(), []);
  });

  it('suggests the name of the type', async () => {
    await shop.runCommand('Styxy: Allocate Port...');
    await shop.pickRow('api');
    await waitForMessage(/Name of the service in shop/);
    assert.equal(await shop.inputValue(), 'api');
  });

  it('ends with what can be done with the port', async () => {
    const { message, buttons, severity } = await allocate(shop, 'api', 'api');
    port = portIn(message);
    assert.ok(port >= 8000 && port <= 8099);
    assert.equal(message, `api in shop has port ${port}.`);
    assert.equal(severity, 'info');
    assert.deepEqual(buttons, ['Copy', 'Open', 'Add to tasks.json']);
    await shop.clickNotificationButton(message, 'Copy');
    await waitFor({
      what: 'the port on the clipboard',
      read: () => shop.clipboardText(),
      until: (text) => text === String(port),
    });
    await shop.waitForStatusBar('styxy.ports', `api ${port}`);
    const { state, holders } = await stage.allocation('shop', 'api');
    assert.equal(state, 'reserved');
    assert.deepEqual(
      holders.map(({ kind, label, pid }) => ({ kind, label, pid })),
      [{ kind: 'window', label: 'shop', pid: shop.extensionHostPid }],
    );
  });

  it('gives a service that has a port the same one again', async () => {
    await shop.runCommand('Styxy: Allocate Port...');
    await shop.typeInInput('api', { enter: false, prompt: /What kind of service/ });
    const [row] = await waitFor({
      what: 'the use of the type api',
      read: () => shop.pickRows(),
      until: ([first]) => first?.label === 'api',
    });
    assert.equal(row?.description, '8000-8099 · 1 of 100 used');
    await shop.pickRow('api');
    await waitForMessage(/Name of the service/);
    assert.equal(await shop.inputValue(), 'api-2', 'the first free name');
    await shop.typeInInput('api', { enter: false });
    await waitForMessage(new RegExp(`api has port ${port} already: you get it again`));
    await shop.typeInInput('api');
    await shop.waitForNotification(`api in shop already has port ${port}.`);
    assert.equal((await stage.allocations()).length, 1);
  });

  it('opens the port in a browser', async () => {
    const url = await opened(shop, () =>
      shop.clickNotificationButton(`api in shop already has port ${port}.`, 'Open'),
    );
    assert.match(url, new RegExp(`\\b${port}\\b`));
  });

  it('offers no browser for what speaks no HTTP', async () => {
    const { message, buttons } = await allocate(shop, 'database', 'db');
    assert.match(message, /^db in shop has port 54\d\d\.$/);
    assert.deepEqual(buttons, ['Copy', 'Add to tasks.json']);
    await shop.clearNotifications();
  });

  it('counts what is used on the machine', async () => {
    await stage.port('web', 'dev');
    await stage.port('shop', 'dev');
    await shop.runCommand('Styxy: Allocate Port...');
    const wanted = ['dev 3000-3099 · 2 of 100 used', 'api 8000-8099 · 1 of 100 used'];
    await waitFor({
      what: `the rows ${wanted.join(', ')}`,
      read: async () => (await shop.pickRows()).map((row) => `${row.label} ${row.description}`),
      until: (rows) => wanted.every((row, at) => rows[at] === row),
    });
    await picture(shop, 'allocate', { part: '.quick-input-widget' });
    await shop.closeQuickInput();
    for (const project of ['web', 'shop'] as const) {
      await stage.styxy('release', (await stage.allocation(project, 'dev')).id);
    }
  });

  it('adds an input to tasks.json, where everything else stays as it is', async () => {
    const before = await readFile(tasksFile, 'utf8');
    const { message } = await allocate(shop, 'api', 'api');
    await shop.clickNotificationButton(message, 'Add to tasks.json');
    await shop.waitForNotification(
      `\${input:apiPort} stands for ${port} in tasks.json. It is on the clipboard.`,
    );
    await shop.closeNotifications();
    assert.equal(await shop.clipboardText(), '${input:apiPort}');
    assert.ok((await shop.editorTitles()).includes('tasks.json'), 'the file is shown');

    const text = await readFile(tasksFile, 'utf8');
    const { inputs } = parse(text) as { inputs: { id: string; args: object }[] };
    assert.deepEqual(
      inputs.map(({ id, args }) => [id, args]),
      [
        ['webPort', { service: 'web', type: 'dev' }],
        ['apiPort', { service: 'api', type: 'api' }],
      ],
    );
    const kept = text.split('\n').map((line) => line.replace(/,$/, ''));
    for (const line of before.split('\n')) {
      assert.ok(kept.includes(line.replace(/,$/, '')), `the line stayed: ${line}`);
    }
    assert.ok(before.includes('//'), 'comments among them');
  });

  it('resolves that input in a run', async () => {
    await shop.runTask('print');
    await shop.waitForTerminal(`it is ${port}`);
  });

  function waitForMessage(message: RegExp): Promise<unknown> {
    return waitFor({
      what: `the message ${message}`,
      read: async () => (await shop.inputTexts()).message,
      until: (text) => message.test(text),
    });
  }
});
