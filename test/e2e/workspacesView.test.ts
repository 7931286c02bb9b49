import assert from 'node:assert/strict';
import { join } from 'node:path';
import { waitFor, type WorkbenchWindow } from '../support/workbench';
import { expand, opened, page, serve } from './support/actions';
import { Stage } from './support/stage';

describe('the Workspaces view', () => {
  let stage: Stage;
  let web: WorkbenchWindow;
  /** Of the running server, of the service that nobody started, and of a folder not open here. */
  let ports: { dev: number; api: number; shop: number };

  before(async () => {
    stage = await Stage.start({ width: 1000, height: 640 });
    web = await stage.open('web');
    await web.openView('Styxy');
    ports = {
      dev: await serve(web),
      api: await stage.port('web', 'api'),
      shop: await stage.port('shop', 'docs'),
    };
  });

  after(() => stage?.dispose());

  afterEach(function () {
    return stage.keepPictures(this.currentTest);
  });

  it('says of each port whether somebody listens, and who', async () => {
    await web.waitForRow(
      new RegExp(`^dev ${ports.dev} · listening · node server\\.js · (now|1 min)$`),
    );
    await web.waitForRow(new RegExp(`^api ${ports.api} · reserved · (now|1 min)$`));
    await web.waitForRow('web 2 ports');
    await web.waitForRow('shop 1 port · not open');
    const spoken = (await web.treeItems()).map((item) => item.spoken);
    assert.ok(spoken.some((text) => /^dev, port \d+, listening, node server\.js, /.test(text)));
    assert.ok(spoken.some((text) => /^api, port \d+, reserved, /.test(text)));
    const tooltip = await web.rowTooltip(/^dev /);
    assert.match(tooltip, new RegExp(`${ports.dev} dev in web`));
    assert.match(tooltip, /listening · node server\.js \(pid \d+\)/);
    assert.match(tooltip, /held by web/);
  });

  it('lists what can be done with a port', async () => {
    assert.deepEqual(await web.inlineActions(/^dev /), ['Open in Browser', 'Release Port']);
    assert.deepEqual(await web.openRowMenu(/^dev /), [
      'Inspect Port',
      'Open in Browser',
      'Copy Port',
      'Copy URL',
      'Move Port...',
      'Add Port Variable...',
      'Release Port',
    ]);
    await web.page.keyboard.press('Escape');
  });

  it('opens a server in the browser', async () => {
    const url = await opened(web, () => web.clickInlineAction(/^dev /, 'Open in Browser'));
    assert.match(url, new RegExp(`\\b${ports.dev}\\b`));
  });

  it('copies port and URL', async () => {
    for (const [label, text] of [
      ['Copy Port', String(ports.dev)],
      ['Copy URL', `http://localhost:${ports.dev}`],
    ] as const) {
      await web.clickRowMenu(/^dev /, label);
      await web.statusBarItem(`Copied ${text}`);
      assert.equal(await web.clipboardText(), text);
    }
    await web.runCommand('Styxy: Copy Port');
    await web.pickRow('api');
    await web.statusBarItem(`Copied ${ports.api}`);
    assert.equal(await web.clipboardText(), String(ports.api));
  });

  it('releases a port that nobody uses at once', async () => {
    await web.clickInlineAction(/^api /, 'Release Port');
    await web.waitForRow('web 1 port');
    await web.statusBarItem(`Port ${ports.api} of api in web is free.`);
    assert.deepEqual((await stage.allocations()).map(({ service }) => service).sort(), [
      'dev',
      'docs',
    ]);
  });

  it('asks before it releases a port that somebody listens on, and stops nothing', async () => {
    await web.clickInlineAction(/^dev /, 'Release Port');
    const { message, buttons } = await web.dialog();
    assert.match(message, new RegExp(`Release port ${ports.dev} of dev in web\\?`));
    assert.match(message, new RegExp(`node server\\.js \\(pid \\d+\\) listens on ${ports.dev}`));
    assert.match(message, /Releasing stops no process/);
    assert.ok(buttons.includes('Release'), buttons.join());
    await web.clickDialogButton('Cancel');
    assert.equal((await stage.allocation('web', 'dev')).port, ports.dev);

    await web.clickInlineAction(/^dev /, 'Release Port');
    await web.clickDialogButton('Release');
    await web.waitForRow('web no ports');
    assert.match((await page(ports.dev)) ?? '', /<h1>web<\/h1>/);
    await web.waitForStatusBar('styxy.ports', 'Styxy');
  });

  it('names the other workspace before it releases its port', async () => {
    await expand(web, /^shop /);
    await web.clickRowMenu(/^docs /, 'Release Port');
    const { message } = await web.dialog();
    assert.match(message, new RegExp(`Release port ${ports.shop} of docs in shop\\?`));
    assert.ok(
      message.includes(`It belongs to the workspace ${join(stage.code, 'shop')}.`),
      message,
    );
    await web.clickDialogButton('Release');
    await waitFor({
      what: 'the welcome text',
      read: () => web.welcomeText(),
      until: (text) => text.startsWith('No port is allocated yet.'),
    });
    assert.deepEqual(await stage.allocations(), []);
  });
});
