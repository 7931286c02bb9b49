import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { answerDialogs, folder, port, releaseAll, said, shown, styxy, until } from './support';

describe('a port that somebody else took', () => {
  let elsewhere: string;
  let server: ChildProcess | undefined;

  before(async () => {
    elsewhere = await mkdtemp(join(await realpath(tmpdir()), 'styxy-elsewhere-'));
    await writeFile(join(elsewhere, 'styxy.json'), '{ "services": {} }\n');
  });

  afterEach(async () => {
    if (server !== undefined) {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
      server = undefined;
    }
    await releaseAll();
  });

  after(() => rm(elsewhere, { recursive: true, force: true }));

  /** A server of another workspace on this port, once it listens. */
  async function listenElsewhere(taken: string): Promise<void> {
    const script = `require('node:net').createServer().listen(${taken}, '127.0.0.1', () => {
      console.log('listening');
    });`;
    server = spawn(process.execPath, ['-e', script], {
      cwd: elsewhere,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.ok(server.stdout);
    await once(server.stdout, 'data');
  }

  /** Everything that is said, while the notice of the conflict is answered with this choice. */
  function answerNotice(choice: string): { readonly messages: string[]; restore(): void } {
    const messages: string[] = [];
    const restore = answerDialogs((message, choices) => {
      messages.push(message);
      return choices.find((each) => each === choice);
    });
    return { messages, restore };
  }

  const move = (id: string): Thenable<unknown> =>
    vscode.commands.executeCommand('styxy.moveToFreePort', { id });

  it('is told once with its holder, shown, and moved by a click in the tree', async () => {
    const taken = await port('web', { type: 'dev' });
    const { id } = await shown('web');
    const { messages, restore } = answerNotice('Keep');
    try {
      await listenElsewhere(taken);
      await until('the notice', () => messages.length > 0);
    } finally {
      restore();
    }
    const [notice = ''] = messages;
    assert.ok(notice.startsWith(`Port ${taken} of web in ${folder().name} is in use by `), notice);
    assert.ok(notice.includes(`(pid ${server?.pid})`), notice);
    assert.ok(notice.endsWith(`, from another workspace, ${elsewhere}.`), notice);
    const view = await shown('web');
    assert.equal(view.state, 'conflict');
    assert.deepEqual(view.intruder, { kind: 'stranger', workspace: elsewhere });
    assert.equal((await styxy()).statusText, `$(warning) web ${taken}`);

    const after = await said(() => move(id));
    const { port: to, state } = await until('the row on its new port', async () => {
      const now = await shown('web');
      return String(now.port) === taken ? undefined : now;
    });
    assert.equal(state, 'reserved');
    assert.equal((await styxy()).statusText, `$(plug) web ${to}`);
    assert.equal(after.length, 1);
    const [moved = ''] = after;
    const words = `web in ${folder().name} moved from ${taken} to ${to}: port ${taken} is in use by `;
    assert.ok(moved.startsWith(words), moved);
    assert.ok(moved.includes(basename(elsewhere)), moved);
  });

  it('is moved by the notice, which says from where to where', async () => {
    const taken = await port('web', { type: 'dev' });
    await shown('web');
    const { messages, restore } = answerNotice('Move');
    try {
      await listenElsewhere(taken);
      await until('another port', async () => String((await shown('web')).port) !== taken);
      await until('both messages', () => messages.length > 1);
    } finally {
      restore();
    }
    const { port: to } = await shown('web');
    assert.equal(messages.length, 2, messages.join('; '));
    const words = `web in ${folder().name} moved from ${taken} to ${to}: `;
    assert.ok(messages[1]?.startsWith(words), messages[1]);
  });

  it('is nothing to move before it is taken', async () => {
    await port('web', { type: 'dev' });
    const { id, port: before } = await shown('web');
    assert.match((await said(() => move(id))).join(), /^web in \S+ already has port \d+\.$/);
    assert.deepEqual(await said(() => vscode.commands.executeCommand('styxy.moveToFreePort')), [
      'No port of this window is in conflict.',
    ]);
    assert.equal((await shown('web')).port, before);
  });
});
