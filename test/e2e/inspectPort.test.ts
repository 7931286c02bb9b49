import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { waitFor, type WorkbenchWindow } from '../support/workbench';
import { listen, serve } from './support/actions';
import { picture } from './support/pictures';
import { Stage } from './support/stage';

/** As the page writes it: `Nov 23, 2026, 8:10:45 AM`. */
const TIME = String.raw`[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d\d:\d\d [AP]M`;

describe('inspecting a port', () => {
  let stage: Stage;
  let web: WorkbenchWindow;
  let port: number;

  before(async () => {
    stage = await Stage.start({ width: 1000, height: 640 });
    web = await stage.open('web');
    await web.openView('Styxy');
    port = await serve(web);
    await web.runCommand('View: Hide Panel');
    await web.waitForRow(/^dev .* listening/);
  });

  after(() => stage?.dispose());

  afterEach(async function () {
    await stage.keepPictures(this.currentTest);
    await web.closeQuickInput();
  });

  /** Waits for a page that was just opened. */
  async function opens(...patterns: RegExp[]): Promise<string> {
    const text = await shows(...patterns);
    await web.webviewFocused();
    return text;
  }

  function shows(...patterns: RegExp[]): Promise<string> {
    return waitFor({
      what: `a page with ${patterns.join(' ')}`,
      read: () => web.webviewText(),
      until: (text) => patterns.every((pattern) => pattern.test(text)),
    });
  }

  async function inspect(any: number): Promise<void> {
    await web.closeEditors();
    await web.runCommand('Styxy: Inspect Port');
    await web.typeInInput(String(any), { enter: false, prompt: /Pick a port, or type any number/ });
    await web.pickRow(`Port ${any}`);
  }

  it('tells who has it, since when, who listens, what was checked, what happened', async () => {
    const { id, process } = await stage.allocation('web', 'dev');
    await web.clickRow(/^dev /);
    const text = await opens(
      new RegExp(`^${port}\\s+dev in web`),
      /listening A server listens here\./,
      /Service\s+dev/,
      new RegExp(`Workspace\\s+${stage.folder('web')}`),
      new RegExp(`Since\\s+${TIME}`),
      new RegExp(`Held by\\s+web \\(window, pid ${web.extensionHostPid}\\) since ${TIME}`),
      new RegExp(`Id\\s+${id}`),
      new RegExp(`Command\\s+${process?.command}`),
      new RegExp(`Pid\\s+${process?.pid}`),
      new RegExp(`Folder\\s+${stage.folder('web')}`),
      new RegExp(`Started\\s+${TIME}`),
      /127\.0\.0\.1\s+busy: someone listens/,
      new RegExp(`History\\s+${TIME}\\s+allocated: dev in web\\s+by web`),
      new RegExp(`Checked ${TIME}`),
    );
    for (const address of ['::', '0.0.0.0', '127.0.0.1', '::1']) {
      assert.ok(
        text.split('\n').some((line) => line.trim().startsWith(address)),
        address,
      );
    }
    assert.deepEqual(await web.editorTitles(), [`Port ${port}`]);
    await picture(web, 'inspect', {
      size: { width: 1000, height: 800 },
      part: '.part.editor',
    });
  });

  it('does from the page what the menu does', async () => {
    await web.clickInWebview('Copy URL');
    await web.statusBarItem(`Copied http://localhost:${port}`);
    assert.equal(await web.clipboardText(), `http://localhost:${port}`);
  });

  it('stays true when the port changes hands', async () => {
    await stage.styxy('release', String(port), '--yes');
    await shows(
      /Not allocated/,
      /Styxy gave this port to nobody, and someone listens\./,
      /In the range of\s+dev/,
      /released: dev in web/,
    );
  });

  it('opens from the palette, for ports of services', async () => {
    const docs = await stage.port('web', 'docs');
    await web.closeEditors();
    await web.runCommand('Styxy: Inspect Port');
    await web.typeInInput('', { enter: false, prompt: /Pick a port, or type any number/ });
    await web.pickRow('docs');
    await opens(
      new RegExp(`^${docs}\\s+docs in web`),
      /reserved Nothing has listened here yet\./,
      /Nobody listens on this port\./,
      /127\.0\.0\.1\s+free/,
    );
  });

  it('opens from the palette, for any number', async () => {
    await inspect(6000);
    await opens(/^6000\s+Not allocated/, /Given to nobody\s.*browser/, /Nobody listens/);
  });

  it('checks again when it is asked to', async () => {
    const stranger = await listen();
    const { port: taken } = stranger.address() as AddressInfo;
    try {
      await inspect(taken);
      await opens(new RegExp(`^${taken}\\s+Not allocated`), new RegExp(`Pid\\s+${process.pid}`));
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
    await web.clickInWebview('Check Again');
    await shows(/free Styxy gave this port to nobody\./, /Nobody listens on this port/);
  });
});
