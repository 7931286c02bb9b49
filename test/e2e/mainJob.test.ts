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
  /** The ports of the servers. */
  let ports: { web: number; shop: number; api?: number };

  before(async () => {
    stage = await Stage.start({ width: 1000, height: 640 });
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

  /** What the leader and the system know of both servers. */
  async function servers(): Promise<object[]> {
    const both = [await stage.allocation('web', 'dev'), await stage.allocation('shop', 'web')];
    return both.map(({ port, state, process }) => ({ port, state, pid: process?.pid }));
  }

  it('run both servers at once, on ports that nobody chose', async () => {
    ports = await serveBoth();
    assert.notEqual(ports.web, ports.shop);
    for (const port of Object.values(ports)) {
      assert.ok(port >= 3000 && port <= 3099, `${port} is a port of the type dev`);
    }
    assert.match((await page(ports.web)) ?? '', new RegExp(`port <b>${ports.web}</b>`));
  });

  it('show both servers, each its own first', async () => {
    await web.openView('Styxy');
    await shop.openView('Styxy');
    await expand(web, /^shop /);
    await expand(shop, /^web 1/);
    for (const [window, rows] of [
      [web, [/^web 1 port$/, listening('dev', ports.web), /^shop 1 port/]],
      [shop, [/^shop 1 port$/, listening('web', ports.shop), /^web 1 port/]],
    ] as const) {
      const other = window === web ? listening('web', ports.shop) : listening('dev', ports.web);
      const wanted = [...rows, other];
      await waitFor({
        what: `the rows ${wanted.join(' ')}`,
        read: async () => (await window.treeRows()).map((row) => row.trim()),
        until: (shown) =>
          shown.length === wanted.length && wanted.every((it, at) => it.test(shown[at] ?? '')),
      });
    }
    await web.waitForStatusBar('styxy.ports', `dev ${ports.web}`);
    await shop.waitForStatusBar('styxy.ports', `web ${ports.shop}`);
    await picture(web, 'workspaces');
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
  });

  it('go on without the one that led, and lose nothing', async () => {
    const before = { ...(await stage.status()), servers: await servers() };
    const [killed, survivor] =
      web.extensionHostPid === before.leader?.pid ? [web, shop] : [shop, web];
    assert.equal(killed.extensionHostPid, before.leader?.pid);

    await killed.killExtensionHost();
    const { message } = await allocate(survivor, 'api', 'api');
    await survivor.closeNotifications();

    const after = await stage.status();
    assert.ok(after.epoch > before.epoch, `${after.epoch} is later than ${before.epoch}`);
    assert.equal(after.leader?.pid, survivor.extensionHostPid);
    const own = survivor === web ? `dev ${ports.web}` : `web ${ports.shop}`;
    ports = { ...ports, api: portIn(message) };
    await survivor.waitForStatusBar('styxy.ports', `${own} · api ${ports.api}`);

    await killed.waitForNewHost();
    const other = killed === web ? `dev ${ports.web}` : `web ${ports.shop}`;
    await killed.waitForStatusBar('styxy.ports', other);
    const tooltip = await killed.statusBarTooltip('styxy.ports');
    assert.ok(tooltip.includes(`This window is a follower (epoch ${after.epoch})`), tooltip);

    assert.deepEqual(await servers(), before.servers, 'the same servers on the same ports');
    assert.match((await page(ports.web)) ?? '', /<h1>web<\/h1>/);
    assert.match((await page(ports.shop)) ?? '', /<h1>shop<\/h1>/);
    const all = (await stage.allocations()).map(({ port }) => port);
    assert.deepEqual([...new Set(all)].sort(), Object.values(ports).sort());
    assert.equal(all.length, 3);
  });

  it('have the same ports tomorrow', async () => {
    await stage.workbench.restart();
    await silent([ports.web, ports.shop]);
    // In the other order: what is remembered decides, not who comes first.
    shop = await stage.open('shop');
    web = await stage.open('web');
    const both = await serveBoth();
    assert.deepEqual({ ...both, api: ports.api }, ports);
    await web.waitForStatusBar('styxy.ports', new RegExp(`dev ${ports.web}`));
    await shop.waitForStatusBar('styxy.ports', new RegExp(`web ${ports.shop}`));
    await web.openView('Styxy');
    await web.waitForRow(listening('dev', ports.web));
    assert.equal((await stage.allocations()).length, 3);
  });
});
