import assert from 'node:assert/strict';
import { parseAnyPort, parseName, parsePid, parsePort } from '../../../../src/cli/run/arguments';
import { StyxyError } from '../../../../src/core/domain/errors';
import { FakeWorld } from '../support/fakes';

function isInvalid(error: unknown): boolean {
  return error instanceof StyxyError && error.code === 'invalid_argument';
}

describe('arguments', () => {
  it('takes whole numbers in range for ports', () => {
    assert.equal(parsePort('1024'), 1024);
    assert.equal(parsePort('65535'), 65535);
    assert.equal(parseAnyPort('1'), 1);
    assert.equal(parsePid('12'), 12);
    assert.equal(parseName('a.b-c_1'), 'a.b-c_1');
  });

  const bad = ['', ' 3000', '3000 ', '3e3', '0xbb8', '-3000', '+3000', '3000.0', '65536', 'NaN'];
  for (const text of [...bad, '1023', '0', '99999999999999999999']) {
    it(`refuses the port ${JSON.stringify(text)}`, () => {
      assert.throws(() => parsePort(text), isInvalid);
    });
  }

  it('refuses what is no name', () => {
    for (const text of ['', '-a', 'a b', 'a/b', '../x', 'a\u001b[31m', 'x'.repeat(65)]) {
      assert.throws(() => parseName(text), isInvalid);
    }
  });

  const refused: readonly (readonly [args: string[], message: RegExp])[] = [
    [['alocate'], /Unknown command 'alocate'\. Did you mean allocate\?/],
    [['list', '--jsn'], /Unknown option '--jsn'\. Did you mean --json\?.*"styxy list --help"/],
    [['port'], /Missing required argument 'service'.*"styxy port --help"/],
    [['list', 'x'], /Too many arguments/],
    [['daemon', 'stat'], /Unknown command 'stat'.*"styxy daemon --help"/],
    [['move', 'web', 'x'], /"x" is no port/],
    [['inspect', '70000'], /"70000" is no port/],
    [['allocate', '-s'], /argument missing/],
    [[], /"styxy --help" lists the commands/],
    [['daemon'], /"styxy daemon --help" lists the commands/],
  ];
  for (const [args, message] of refused) {
    it(`refuses "styxy ${args.join(' ')}" with what to do`, async () => {
      const world = new FakeWorld();
      assert.equal(await world.run(...args), 2);
      assert.match(world.stderr.join('\n'), message);
      assert.deepEqual(world.stdout, []);
      assert.equal(world.connected.length, 0);
    });

    it(`refuses "styxy ${args.join(' ')} --json" as JSON`, async () => {
      const world = new FakeWorld();
      assert.equal(await world.run('--json', ...args), 2);
      const { error } = world.json() as { error: Record<string, unknown> };
      assert.deepEqual(Object.keys(error), ['code', 'message', 'details', 'retryable']);
      assert.equal(error.code, 'invalid_argument');
      assert.match(String(error.message), message);
      assert.deepEqual(world.stderr, []);
    });
  }

  it('explains every command with examples', async () => {
    const commands = ['allocate', 'port', 'release', 'move', 'list', 'inspect', 'daemon'];
    for (const path of [
      [],
      ...commands.map((name) => [name]),
      ...['start', 'stop', 'status'].map((name) => ['daemon', name]),
    ]) {
      const world = new FakeWorld();
      assert.equal(await world.run(...path, '--help'), 0);
      assert.match(world.stdout.join('\n'), /Examples:\n {2}\$ /, path.join(' '));
      assert.match(world.stdout.join('\n'), /--json/);
      assert.deepEqual(world.stderr, []);
    }
  });

  it('prints its version', async () => {
    const world = new FakeWorld();
    assert.equal(await world.run('--version'), 0);
    assert.deepEqual(world.stdout, ['1.2.3']);
  });

  it('takes --json before and after the command', async () => {
    for (const args of [
      ['--json', 'list'],
      ['list', '--json'],
    ]) {
      const world = new FakeWorld();
      assert.equal(await world.run(...args), 0);
      assert.deepEqual(world.json(), { allocations: [] });
    }
  });

  it('turns whatever is thrown into a coded error', async () => {
    const world = new FakeWorld();
    world.coordinator.refusal = new TypeError('x is undefined');
    assert.equal(await world.run('list', '--json'), 1);
    assert.equal((world.json() as { error: { code: string } }).error.code, 'internal');
  });
});
