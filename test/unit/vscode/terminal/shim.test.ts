import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shimFiles } from '../../../../src/vscode/terminal/shim';

describe('the launcher of the command line', () => {
  it('is a script for each kind of shell', () => {
    const target = { node: 'C:\\100%\\Code.exe', cli: 'C:\\x\\cli.js' };
    const [batch, posix] = shimFiles(target, 'win32');
    assert.equal(batch?.name, 'styxy.cmd');
    assert.ok(batch?.content.includes('"C:\\100%%\\Code.exe" "C:\\x\\cli.js" %*\r\n'));
    assert.equal(posix?.name, 'styxy');
    assert.deepEqual(
      shimFiles(target, 'linux').map(({ name }) => name),
      ['styxy'],
    );
  });

  it('passes arguments on, whatever the paths look like', function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const folder = mkdtempSync(join(tmpdir(), "styxy's $shim "));
    try {
      const cli = join(folder, 'cli.js');
      writeFileSync(cli, 'console.log(JSON.stringify(process.argv.slice(2)))');
      const [shim] = shimFiles({ node: process.execPath, cli }, 'linux');
      const file = join(folder, 'styxy');
      writeFileSync(file, shim?.content ?? '');
      chmodSync(file, 0o755);
      const output = execFileSync(file, ['a b', '$HOME', "it's"], { encoding: 'utf8' });
      assert.deepEqual(JSON.parse(output), ['a b', '$HOME', "it's"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
