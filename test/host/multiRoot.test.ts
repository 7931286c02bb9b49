import assert from 'node:assert/strict';
import { parse } from 'jsonc-parser';
import * as vscode from 'vscode';
import {
  answerDialogs,
  folder,
  port,
  releaseAll,
  resolveLaunch,
  remove,
  runTask,
  shown,
  styxy,
  until,
  writeFile,
  written,
} from './support';

describe('a window with two folders', () => {
  afterEach(async () => {
    await releaseAll();
    for (const name of ['one', 'two']) {
      await remove('.vscode', folder(name));
      await remove('out.txt', folder(name));
    }
  });

  it('takes part with both', async () => {
    const api = await styxy();
    const participants = await until('the participants', () => api.snapshot?.participants);
    assert.equal(participants[0]?.folders.length, 2);
  });

  it('gives each folder its own port of the same name', async () => {
    const one = await port('web', { type: 'dev', folder: 'one' });
    const two = await port('web', { type: 'dev', folder: 'two' });
    assert.notEqual(one, two);
    assert.equal(await port('web', { folder: folder('two').uri.fsPath }), two);
    assert.equal(
      await vscode.commands.executeCommand('styxy.port.dev', [folder('two').uri.fsPath, one]),
      await port('dev', { folder: 'two' }),
    );
  });

  it('asks for the name of the folder where it cannot know', async () => {
    await assert.rejects(port('web', { type: 'dev' }), /args.*"folder".*one, two/);
    await assert.rejects(
      Promise.resolve(vscode.commands.executeCommand('styxy.port.dev')),
      /one of: one, two/,
    );
  });

  it('tells the folder of a task by the task', async () => {
    const tasks = {
      version: '2.0.0',
      tasks: [{ label: 'x', type: 'shell', command: 'echo ${command:styxy.port.dev} > out.txt' }],
    };
    for (const name of ['one', 'two']) {
      await writeFile('.vscode/tasks.json', JSON.stringify(tasks), folder(name));
    }
    await runTask('x', folder('one'));
    const one = await written('out.txt', folder('one'));
    await runTask('x', folder('two'));
    const two = await written('out.txt', folder('two'));
    assert.notEqual(one, two);
    assert.equal(await port('dev', { folder: 'one' }), one);
    assert.equal(await port('dev', { folder: 'two' }), two);
  });

  it('writes variables that name the folder', async () => {
    await port('web', { type: 'dev', folder: 'two' });
    const { id } = await shown('web');
    const restore = answerDialogs(() => undefined);
    await vscode.commands.executeCommand('styxy.addPortVariable', { id, file: 'tasks.json' });
    restore();
    const uri = vscode.Uri.joinPath(folder('two').uri, '.vscode/tasks.json');
    const { inputs } = parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
    assert.equal(inputs[0].id, 'webPort-two');
    assert.deepEqual(inputs[0].args, { service: 'web', type: 'dev', folder: 'two' });
  });

  it('tells the folder of a launch configuration by the configuration', async () => {
    const seen: unknown[] = [];
    for (const name of ['one', 'two']) {
      const launch = await resolveLaunch(folder(name), { port: '${command:styxy.port.dev}' });
      seen.push(launch.port);
    }
    const ports = [await port('dev', { folder: 'one' }), await port('dev', { folder: 'two' })];
    assert.deepEqual(seen, ports.map(Number));
  });

  it('shows both, and only their ports in the status bar', async () => {
    const api = await styxy();
    await port('web', { type: 'dev', folder: 'one' });
    await port('docs', { folder: 'two' });
    await Promise.all([shown('web'), shown('docs')]);
    assert.deepEqual(
      api.rows.map(({ name, own, ports }) => [name, own, ports.length]),
      [
        ['one', true, 1],
        ['two', true, 1],
      ],
    );
    assert.match(api.statusText, /docs \d+ · web \d+/);
  });
});
