import assert from 'node:assert/strict';
import type { AddressInfo, Server } from 'node:net';
import { waitFor, type WorkbenchWindow } from '../support/workbench';
import { listen } from './support/actions';
import { Stage } from './support/stage';

describe('moving a port', () => {
  let stage: Stage;
  let web: WorkbenchWindow;
  let taken: Server;
  let takenPort: number;
  let ports: { api: number; docs: number };

  before(async () => {
    taken = await listen();
    takenPort = (taken.address() as AddressInfo).port;
    stage = await Stage.start({ width: 1000, height: 640 });
    web = await stage.open('web');
    await web.openView('Styxy');
    ports = { api: await stage.port('web', 'api'), docs: await stage.port('web', 'docs') };
    await web.waitForRow('web 2 ports');
  });

  after(async () => {
    await stage?.dispose();
    await new Promise((resolve) => taken?.close(resolve));
  });

  afterEach(async function () {
    await stage.keepPictures(this.currentTest);
    await web.closeQuickInput();
  });

  async function ask(port: string): Promise<void> {
    await web.clickRowMenu(/^api /, 'Move Port...');
    await web.typeInInput(port, { prompt: new RegExp(`New port of api, now ${ports.api}`) });
  }

  async function refused(port: number, message: RegExp): Promise<void> {
    await web.clearNotifications();
    await ask(String(port));
    const shown = await web.waitForNotification(message);
    assert.equal(shown.severity, 'error');
    assert.deepEqual(shown.buttons, [`Inspect Port ${port}`]);
    await web.closeNotifications();
    assert.equal((await stage.allocation('web', 'api')).port, ports.api);
  }

  for (const text of ['abc', '80', '65536', '8000.5', '']) {
    it(`takes no "${text}"`, async () => {
      await ask(text);
      await waitFor({
        what: 'the refusal',
        read: async () => (await web.inputTexts()).message,
        until: (message) => message === 'Enter a number from 1024 to 65535.',
      });
    });
  }

  it('says so when it would change nothing', async () => {
    await ask(String(ports.api));
    await waitFor({
      what: 'the refusal',
      read: async () => (await web.inputTexts()).message,
      until: (message) => message === 'It has this port already.',
    });
  });

  it('gives no port that browsers refuse', () =>
    refused(6000, /^Port 6000 .*browser.* Ask for another port/));

  it('gives no port that another service has', () =>
    refused(
      ports.docs,
      new RegExp(`^Port ${ports.docs} is allocated to .*docs.*\\. Release or move`),
    ));

  it('gives no port that somebody listens on, and says who', async () => {
    await refused(takenPort, new RegExp(`^Port ${takenPort} is in use by .*\\b${process.pid}\\b`));
    await web.clickNotificationButton(
      new RegExp(`^Port ${takenPort}`),
      `Inspect Port ${takenPort}`,
    );
    await waitFor({
      what: 'the page of the port',
      read: () => web.webviewText(),
      until: (text) => new RegExp(`^${takenPort}\\s[^]*Pid\\s+${process.pid}\\s`).test(text),
    });
    await web.webviewFocused();
    await web.closeEditors();
  });

  it('moves a service from the palette, and says from where to where', async () => {
    const port = ports.api + 50;
    await web.clearNotifications();
    await web.runCommand('Styxy: Move Port...');
    await web.pickRow('api');
    await web.typeInInput(String(port), { prompt: /New port of api/ });
    await web.waitForNotification(
      new RegExp(`^api moved from port ${ports.api} to ${port}\\. Restart its server`),
    );
    await web.closeNotifications();
    await web.waitForRow(new RegExp(`^api ${port} · reserved`));
    const moved = await stage.allocation('web', 'api');
    assert.deepEqual([moved.port, moved.movedFrom], [port, ports.api]);
  });
});
