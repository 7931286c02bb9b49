import assert from 'node:assert/strict';
import { waitFor, type WorkbenchWindow } from '../support/workbench';
import { allocate, expand, page, portIn, serve, silent } from './support/actions';
import { picture } from './support/pictures';
import { Stage } from './support/stage';

/** A row of a server that was started a moment ago. */
function listening(service: string, port: number): RegExp {
  return new RegExp(`^${service} ${port} · listening · node server\\.js · (now|\\d+ min)$`);
}

describe('two windows on two folders', () => {
  let stage: Stage;
  let web: WorkbenchWindow;
  let shop: WorkbenchWindow;
  /** The ports of the two servers, of the second service of web, and of one that comes later. */
  let ports: { web: number; shop: number; api: number; docs?: number };

  before(async () => {
    stage = await Stage.start({
      width: 1000,
      height: 640,
      settings: { 'terminal.integrated.fontSize': 12 },
    });
    web = await stage.open('web');
    shop = await stage.open('shop');
  });

  after(async () => {
    await stage?.dispose();
    if (ports !== undefined) {
      await silent([ports.web, ports.shop]);
    }
  });

  afterEach(function () {
    return stage.keepPictures(this.currentTest);
  });

  /** Runs both tasks and asks both servers who they are. */
  async function serveBoth(): Promise<{ web: number; shop: number }> {
    const both = { web: await serve(web), shop: await serve(shop) };
    assert.match((await page(both.web)) ?? '', /<h1>web<\/h1>/);
    assert.match((await page(both.shop)) ?? '', /<h1>shop<\/h1>/);
    return both;
  }

  /** Waits until the tree has exactly these rows. */
  async function shows(window: WorkbenchWindow, wanted: readonly RegExp[]): Promise<void> {
    await waitFor({
      what: `the rows ${wanted.join(' ')}`,
      read: async () => (await window.treeRows()).map((row) => row.trim()),
      until: (rows) =>
        rows.length === wanted.length && wanted.every((it, at) => it.test(rows[at] ?? '')),
    });
  }

  /** What the leader and the system know of both servers. */
  async function servers(): Promise<object[]> {
    const both = [await stage.allocation('web', 'dev'), await stage.allocation('shop', 'web')];
    return both.map(({ port, state, process }) => ({ port, state, pid: process?.pid }));
  }

  it('run both servers at once, on ports that nobody chose', async () => {
    const both = await serveBoth();
    const { message } = await allocate(web, 'api', 'api');
    await web.closeNotifications();
    ports = { ...both, api: portIn(message) };
    assert.notEqual(ports.web, ports.shop);
    for (const port of Object.values(both)) {
      assert.ok(port >= 3000 && port <= 3099, `${port} is a port of the type dev`);
    }
    assert.match((await page(ports.web)) ?? '', new RegExp(`port <b>${ports.web}</b>`));
  });

  it('show both servers, each its own first', async () => {
    await web.openView('Styxy');
    await shop.openView('Styxy');
    await expand(web, /^shop /);
    await expand(shop, /^web 2/);
    const ofWeb = [listening('dev', ports.web), new RegExp(`^api ${ports.api} · reserved`)];
    const ofShop = [listening('web', ports.shop)];
    await shows(web, [/^web 2 ports$/, ...ofWeb, /^shop 1 port · another window$/, ...ofShop]);
    await shows(shop, [/^shop 1 port$/, ...ofShop, /^web 2 ports · another window$/, ...ofWeb]);
    await web.waitForStatusBar('styxy.ports', `dev ${ports.web} · api ${ports.api}`);
    await shop.waitForStatusBar('styxy.ports', `web ${ports.shop}`);
    await picture(web, 'workspaces', {
      size: { width: 720, height: 400 },
      prepare: async () => {
        await web.runCommand('View: Toggle Maximized Panel');
        await web.resizeSideBar(330);
        // A click beside the rows, so that none looks picked.
        const beside = { position: { x: 200, y: 240 } };
        await web.page.locator('.part.sidebar .monaco-list').first().click(beside);
      },
    });
  });

  it('agree on who leads', async () => {
    const { leader, epoch, participants } = await stage.status();
    const windows = [web, shop];
    const leading = windows.filter(({ extensionHostPid }) => extensionHostPid === leader?.pid);
    assert.equal(leading.length, 1, `${leader?.pid} is the extension host of one window`);
    assert.deepEqual(
      participants.map(({ pid }) => pid).sort(),
      windows.map(({ extensionHostPid }) => extensionHostPid).sort(),
    );
    for (const window of windows) {
      const role = window === leading[0] ? 'the leader' : 'a follower';
      const tooltip = await window.statusBarTooltip('styxy.ports');
      assert.ok(tooltip.includes(`This window is ${role} (epoch ${epoch})`), tooltip);
    }
    const tooltip = await web.statusBarTooltip('styxy.ports');
    assert.match(tooltip, new RegExp(`dev\\s+${ports.web}\\s+listening · node server\\.js`));
    assert.match(tooltip, new RegExp(`api\\s+${ports.api}\\s+reserved`));
    await picture(web, 'statusbar', {
      hover: true,
      area: { x: 0, y: 440, width: 500, height: 200 },
    });
  });

  it('go on without the one that led, and lose nothing', async () => {
    const before = { ...(await stage.status()), servers: await servers() };
    const [killed, survivor] =
      web.extensionHostPid === before.leader?.pid ? [web, shop] : [shop, web];
    assert.equal(killed.extensionHostPid, before.leader?.pid);

    await killed.killExtensionHost();
    const { message } = await allocate(survivor, 'docs', 'docs');
    await survivor.closeNotifications();

    const after = await stage.status();
    assert.ok(after.epoch > before.epoch, `${after.epoch} is later than ${before.epoch}`);
    assert.equal(after.leader?.pid, survivor.extensionHostPid);
    ports = { ...ports, docs: portIn(message) };
    const texts = { web: `dev ${ports.web} · api ${ports.api}`, shop: `web ${ports.shop}` };
    const [lost, kept] = survivor === web ? [texts.shop, texts.web] : [texts.web, texts.shop];
    await survivor.waitForStatusBar('styxy.ports', `${kept} · docs ${ports.docs}`);

    await killed.waitForNewHost();
    await killed.waitForStatusBar('styxy.ports', lost);
    const tooltip = await killed.statusBarTooltip('styxy.ports');
    assert.ok(tooltip.includes(`This window is a follower (epoch ${after.epoch})`), tooltip);

    assert.deepEqual(await servers(), before.servers, 'the same servers on the same ports');
    assert.match((await page(ports.web)) ?? '', /<h1>web<\/h1>/);
    assert.match((await page(ports.shop)) ?? '', /<h1>shop<\/h1>/);
    const all = (await stage.allocations()).map(({ port }) => port);
    assert.deepEqual([...new Set(all)].sort(), Object.values(ports).sort());
    assert.equal(all.length, 4);
  });

  it('have the same ports tomorrow', async () => {
    await stage.workbench.restart();
    await silent([ports.web, ports.shop]);
    // In the other order: what is remembered decides, not who comes first.
    shop = await stage.open('shop');
    web = await stage.open('web');
    const both = await serveBoth();
    assert.deepEqual(both, { web: ports.web, shop: ports.shop });
    const remembered = await stage.allocations();
    assert.deepEqual(remembered.map(({ port }) => port).sort(), Object.values(ports).sort());
    await web.waitForStatusBar('styxy.ports', new RegExp(`dev ${ports.web}`));
    await shop.waitForStatusBar('styxy.ports', new RegExp(`web ${ports.shop}`));
    await web.openView('Styxy');
    await web.waitForRow(listening('dev', ports.web));
  });
});
