import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor, type WorkbenchWindow } from '../support/workbench';
import { allocate, expand, portIn } from './support/actions';
import { Stage } from './support/stage';

const PLAN = {
  services: { web: { type: 'dev', port: 3050 }, api: { type: 'api' } },
  files: { '.env.local': { API_URL: 'http://localhost:${api}' } },
};

describe('two windows that share a machine', () => {
  let stage: Stage;
  let web: WorkbenchWindow;
  let shop: WorkbenchWindow;

  before(async () => {
    stage = await Stage.start();
    web = await stage.open('web');
    shop = await stage.open('shop');
    await web.openView('Styxy');
    await shop.openView('Styxy');
  });

  after(() => stage?.dispose());

  afterEach(async function () {
    await stage.keepPictures(this.currentTest);
    for (const window of [web, shop]) {
      await window.closeQuickInput();
      await window.closeNotifications();
    }
  });

  describe('with one retrieval service', () => {
    let port: number;

    it('get one port for it, and are told whose it is', async () => {
      port = portIn((await allocate(web, 'ai', 'rag')).message);
      assert.equal(port, 11_430);
      await shop.runCommand('Styxy: Allocate Port...');
      await shop.typeInInput('ai', { enter: false, prompt: /What kind of service/ });
      await shop.pickRow('ai');
      await shop.typeInInput('rag', { prompt: /Name of the service/ });
      await shop.waitForNotification(
        /^rag in shop shares port 11430\. It is that of rag in web, held by web \(pid \d+\)\./,
      );
      for (const window of [web, shop]) {
        await window.waitForRow(/^rag 11430 · reserved .*shared by 2/);
      }
    });

    it('leave it without a question, and the other one keeps it', async () => {
      await web.clickInlineAction(/^rag 11430/, 'Release Port');
      await web.waitForRow('web no ports');
      await shop.waitForRow(/^rag 11430 · reserved/);
      const kept = await stage.allocation('shop', 'rag');
      assert.equal(kept.port, port);
      assert.deepEqual(
        kept.holders.map(({ label }) => label),
        ['shop'],
      );
    });

    it('end it with the last of them, and the next one is new', async () => {
      const before = await stage.allocation('shop', 'rag');
      await shop.clickInlineAction(/^rag 11430/, 'Release Port');
      await waitFor({
        what: 'nothing to be allocated',
        read: () => stage.allocations(),
        until: (all) => all.length === 0,
      });
      await allocate(web, 'ai', 'rag');
      const anew = await stage.allocation('web', 'rag');
      assert.equal(anew.port, port);
      assert.notEqual(anew.id, before.id);
    });
  });

  describe('with Grafana, which nobody declared', () => {
    it('get a range for it by typing its name', async () => {
      await web.runCommand('Styxy: Allocate Port...');
      await web.typeInInput('grafana', { enter: false, prompt: /What kind of service/ });
      await web.pickRow('New type "grafana"');
      await web.typeInInput('grafana', { prompt: /Name of the service/ });
      await web.waitForNotification(
        /^grafana in web has port 11510\. The new type "grafana" has the range 11510-11519\./,
      );
    });

    it('see it as a type like the others, in both windows and in config.json', async () => {
      const { message } = await allocate(shop, 'grafana', 'grafana');
      assert.equal(portIn(message), 11_511);
      // Its row is the last one, and only rows that fit are drawn.
      await shop.toggleView('Workspaces');
      await shop.toggleView('Service Types');
      await shop.waitForRow(/^grafana 11510-11519 · 2 of 10 used · auto-allocated/);
      const text = await waitFor({
        what: 'config.json to show it',
        read: () => readFile(join(stage.workbench.home, 'config.json'), 'utf8').catch(() => ''),
        until: (it) => it.includes('"grafana"'),
      });
      assert.match(text, /"auto_allocated": true/);
    });

    it('cannot undo it while ports of it are held, and can afterwards', async () => {
      await shop.clickInlineAction(/^grafana 11510-11519/, 'Undo Auto-Allocation');
      await shop.clickDialogButton('Take Back');
      await shop.waitForNotification(/cannot be taken back while ports of it are held/);
      await stage.styxy('release', '11510', '--yes');
      await stage.styxy('release', '11511', '--yes');
      await shop.clickInlineAction(/^grafana 11510-11519/, 'Undo Auto-Allocation');
      await shop.clickDialogButton('Take Back');
      await waitFor({
        what: 'the type to be gone',
        read: async () => (await shop.treeRows()).join('\n'),
        until: (rows) => !rows.includes('11510-11519'),
      });
      await shop.toggleView('Service Types');
      await shop.toggleView('Workspaces');
    });
  });

  describe('with one plan in both', () => {
    it('get its ports as soon as it is there, and the second one others', async () => {
      const text = JSON.stringify(PLAN, null, 2);
      await writeFile(join(stage.folder('web'), 'styxy.json'), text);
      await web.waitForRow(/^web 3050 · reserved/);
      await web.waitForRow(/^api 80\d\d · reserved/);
      await writeFile(join(stage.folder('shop'), 'styxy.json'), text);
      await expand(shop, /^shop /);
      await shop.waitForRow(/^web 30\d\d · reserved/);
      const [first, second] = [
        await stage.allocation('web', 'api'),
        await stage.allocation('shop', 'api'),
      ];
      assert.notEqual(first.port, second.port);
      assert.notEqual((await stage.allocation('shop', 'web')).port, 3050);
    });

    it('write its files once the user agrees', async () => {
      await web.clickNotificationButton(/wants Styxy to write \.env\.local/, 'Write');
      const { port } = await stage.allocation('web', 'api');
      await waitFor({
        what: 'the file',
        read: () => readFile(join(stage.folder('web'), '.env.local'), 'utf8').catch(() => ''),
        until: (it) => it.includes(`API_URL=http://localhost:${port}\n`),
      });
    });

    it('are asked what becomes of a service that left it', async () => {
      const { services } = PLAN;
      const plan = JSON.stringify({ services: { web: services.web } });
      await writeFile(join(stage.folder('web'), 'styxy.json'), plan);
      await web.waitForNotification(/^api left the plan of web\. Release 80\d\d\?/);
      await web.waitForRow(/^api 80\d\d · reserved/);
    });
  });
});
