import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment } from '../../scripts/environment.mjs';
import { waitFor, type WorkbenchWindow } from '../support/workbench';
import { Stage } from './support/stage';

/** Fails the health check of the plan, which is made every second here. */
const SICK_SERVER = `require('node:http')
  .createServer((_, response) => response.writeHead(500).end())
  .listen(process.env.PORT, 'localhost', () => console.log('listening'));`;
const CONFIG = { recovery: { health_monitoring: { check_interval_ms: 1_000 } } };
const PLAN = { services: { dev: { type: 'dev', health: '/healthz' } } };

describe('another checkout that took the port', () => {
  let stage: Stage;
  let web: WorkbenchWindow;
  let review: string;
  let port: number;
  const servers: ChildProcess[] = [];

  before(async () => {
    stage = await Stage.start({ width: 1000, height: 640 });
    // The plan is followed by the command line alone.
    const settings = join(stage.folder('web'), '.vscode/settings.json');
    await writeFile(settings, JSON.stringify({ 'styxy.plan.allocateOnOpen': false }));
    await gitWorktree();
    await writeFile(join(stage.workbench.home, 'config.json'), JSON.stringify(CONFIG), {
      mode: 0o600,
    });
    web = await stage.open('web');
    await web.openView('Styxy');
    port = await stage.port('web', 'dev');
    await web.waitForRow(new RegExp(`^dev ${port} · reserved `));
    await serve(review, ['server.js'], port);
  });

  after(async () => {
    for (const server of servers) {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    }
    await stage?.dispose();
  });

  afterEach(function () {
    return stage.keepPictures(this.currentTest);
  });

  /** Makes `web` a repository, and `web-review` another working tree of it. */
  async function gitWorktree(): Promise<void> {
    review = join(stage.code, 'web-review');
    const git = (...args: readonly string[]): Promise<unknown> =>
      promisify(execFile)('git', args, { cwd: stage.folder('web'), env: cleanEnvironment() });
    const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
    await git('init', '--quiet');
    await git('add', '.');
    await git(...author, 'commit', '--quiet', '--no-gpg-sign', '--message', 'Begin');
    await git('worktree', 'add', '--quiet', '-b', 'review', review);
  }

  /** Starts a server outside the editor, and waits until it listens. */
  async function serve(cwd: string, args: readonly string[], on: number): Promise<void> {
    const server = spawn('node', args, {
      cwd,
      env: cleanEnvironment({ PORT: String(on) }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    servers.push(server);
    assert.ok(server.stdout);
    await once(server.stdout, 'data');
  }

  const notice = (): RegExp =>
    new RegExp(
      `^Port ${port} of dev in web is in use by node server\\.js \\(pid ${servers[0]?.pid}\\), ` +
        `from another checkout, ${review}\\.$`,
    );

  it('is named in the row, in words too, and in the tooltips', async () => {
    await web.waitForRow(
      new RegExp(
        `^dev ${port} · conflict · from web-review \\(other checkout\\) · node server\\.js · `,
      ),
    );
    const spoken = (await web.treeItems()).map((item) => item.spoken);
    const words = `dev, port ${port}, conflict, from web-review (other checkout), node server.js, `;
    assert.ok(
      spoken.some((text) => text.startsWith(words)),
      spoken.join('; '),
    );
    const tooltip = await web.rowTooltip(/^dev /);
    assert.match(tooltip, /from another checkout, \S+web-review\./);
    assert.match(tooltip, /Move it to a free port, or stop the other server/);
    assert.match(await web.statusBarTooltip('styxy.ports'), /from web-review \(other checkout\)/);
    assert.deepEqual(await web.inlineActions(/^dev /), [
      'Move to a Free Port',
      'Open in Browser',
      'Release Port',
    ]);
  });

  it('is told in a notice, whose Show leads to the page of the port', async () => {
    const { buttons } = await web.waitForNotification(notice());
    assert.deepEqual(buttons, ['Move', 'Keep', 'Show']);
    await web.clickNotificationButton(notice(), 'Show');
    await waitFor({
      what: 'the page',
      read: () => web.webviewText(),
      until: (text) => /another checkout of the same repository/.test(text) && /Lately/.test(text),
    });
  });

  it('keeps what it has: the service moves, and says why', async () => {
    await web.clickInlineAction(/^dev /, 'Move to a Free Port');
    const { message } = await web.waitForNotification(/^dev in web moved from /);
    const [, to] =
      new RegExp(`^dev in web moved from ${port} to (\\d+): port `).exec(message) ?? [];
    assert.match(message, new RegExp(`port ${port} is in use by node server\\.js`));
    await web.waitForRow(new RegExp(`^dev ${to} · reserved `));
    assert.equal(servers[0]?.exitCode, null);
  });

  it('is another matter than an own server that fails the check of its plan', async () => {
    await writeFile(join(stage.folder('web'), 'styxy.json'), JSON.stringify(PLAN));
    const own = await stage.port('web', 'dev');
    await serve(stage.folder('web'), ['-e', SICK_SERVER], own);
    await web.waitForRow(
      new RegExp(
        `^dev ${own} · listening · unhealthy: it answered 500( \\(\\d+ times\\))? · node -e `,
      ),
    );
    assert.match(
      await web.rowTooltip(/^dev /),
      /listens but failed the health check \/healthz: it answered 500/,
    );
    assert.equal(await web.statusBarText('styxy.ports'), `dev ${own}`);
  });
});
