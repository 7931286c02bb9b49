import assert from 'node:assert/strict';
import { folder, port, releaseAll, remove, runTask, shown, writeFile, written } from './support';

function shell(label: string, text: string, more: object = {}): object {
  return { label, type: 'shell', command: `echo ${text} > out-${label}.txt`, ...more };
}

describe('real tasks', () => {
  before(async () => {
    await writeFile(
      '.vscode/tasks.json',
      JSON.stringify({
        version: '2.0.0',
        tasks: [
          shell('dotted', '${command:styxy.port.dev}'),
          shell('input', '${input:webPort}'),
          shell('environment', '$PORT', {
            options: { env: { PORT: '${command:styxy.port.dev}' } },
          }),
          shell('named', '${command:styxy.port.back-end}'),
          shell('left', '${command:styxy.port.api}'),
          shell('right', '${command:styxy.port.api}'),
          { label: 'both', dependsOn: ['left', 'right'] },
        ],
        inputs: [
          {
            id: 'webPort',
            type: 'command',
            command: 'styxy.port',
            args: { service: 'web', type: 'dev' },
          },
        ],
      }),
    );
  });

  afterEach(async () => {
    await releaseAll();
    const labels = ['dotted', 'input', 'environment', 'named', 'left', 'right'];
    await Promise.all(labels.map((label) => remove(`out-${label}.txt`)));
  });

  it('get the port of a dotted variable', async () => {
    await runTask('dotted');
    assert.equal(await written('out-dotted.txt'), String((await shown('dev')).port));
  });

  it('get the port of an input', async () => {
    await runTask('input');
    const { port: allocated, serviceType } = await shown('web');
    assert.equal(await written('out-input.txt'), String(allocated));
    assert.equal(serviceType, 'dev');
  });

  it('get it in an environment variable, again and again the same', async () => {
    await runTask('environment');
    const first = await written('out-environment.txt');
    await remove('out-environment.txt');
    await runTask('environment');
    assert.equal(await written('out-environment.txt'), first);
    assert.equal(first, String((await shown('dev')).port));
  });

  it('get it by a name that no manifest knows', async () => {
    const expected = await port('back-end', { type: 'api' });
    await runTask('named');
    assert.equal(await written('out-named.txt'), expected);
  });

  it('get one port when they run side by side', async () => {
    await runTask('both');
    const [left, right] = await Promise.all([written('out-left.txt'), written('out-right.txt')]);
    assert.equal(left, right);
    assert.equal(left, String((await shown('api')).port));
    assert.equal((await shown('api')).workspace, folder().uri.fsPath);
  });
});
