import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { port, releaseAll, shown, styxy, until, writeFile } from './support';

function dotted(service: string, ...passed: unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`styxy.port.${service}`, ...passed);
}

describe('variables', () => {
  afterEach(releaseAll);

  it('answer a string, the same each time', async () => {
    const first: unknown = await port('web', { type: 'dev' });
    assert.equal(typeof first, 'string');
    assert.match(String(first), /^30\d\d$/);
    assert.equal(await port('web', { type: 'dev' }), first);
    assert.equal(await port('web'), first);
  });

  it('answer many callers at once the same', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => dotted('api')));
    assert.equal(new Set(answers).size, 1);
  });

  it('a variable with a dotted id ignores whatever the editor passes', async () => {
    const plain = await dotted('docs');
    const configuration = { request: 'launch', name: 'x', type: 'node', service: 'other' };
    assert.equal(await dotted('docs', configuration), plain);
    assert.equal(await dotted('docs', ['${command:x}', '3000', '/no/folder']), plain);
    assert.equal((await shown('docs')).serviceType, 'docs');
  });

  it('say in words what is wrong', async () => {
    await assert.rejects(port('web', { type: '-nonsense' }), /-nonsense/);
    await assert.rejects(port('never-heard-of'), /type/);
    await assert.rejects(port('a b'), /args\.service/);
    await assert.rejects(port('web', { folder: 'three' }), /No folder .*"three"/);
    await assert.rejects(port('web', { folder: '${workspaceFolder}' }), /fills in no variables/);
    await assert.rejects(port('web', { prot: 1 }), /args\.prot/);
    await assert.rejects(
      Promise.resolve(vscode.commands.executeCommand('styxy.port')),
      /needs to know the service/,
    );
  });

  it('are registered for every name that tasks and launch configurations use', async () => {
    const api = await styxy();
    const tasks = {
      version: '2.0.0',
      tasks: [{ label: 'x', type: 'shell', command: 'echo ${command:styxy.port.from-tasks}' }],
    };
    const launch = {
      version: '0.2.0',
      configurations: [
        { type: 'node', request: 'launch', name: 'x', port: '${command:styxy.port.from-launch}' },
      ],
    };
    await writeFile('.vscode/tasks.json', JSON.stringify(tasks));
    await writeFile('.vscode/launch.json', JSON.stringify(launch));
    await until('both variables', () =>
      ['from-tasks', 'from-launch'].every((name) => api.variables.includes(name)),
    );
  });
});
