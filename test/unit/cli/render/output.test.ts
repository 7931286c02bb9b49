import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { createStyle, wantsColour } from '../../../../src/cli/run/style';
import { fields, table } from '../../../../src/cli/run/table';
import { age, shortPath } from '../../../../src/cli/run/text';
import { createTerminal, type Streams } from '../../../../src/cli/run/terminal';
import { FakeWorld, view } from '../support/fakes';

describe('output', () => {
  it('colours a terminal only, and honours NO_COLOR', () => {
    assert.equal(wantsColour(true, {}), true);
    assert.equal(wantsColour(false, {}), false);
    assert.equal(wantsColour(true, { NO_COLOR: '1' }), false);
    assert.equal(wantsColour(true, { NO_COLOR: '' }), true);
    assert.equal(wantsColour(true, { TERM: 'dumb' }), false);
  });

  it('aligns by what is seen, not by escape sequences', () => {
    const rows = [
      { name: 'a', state: 'long one' },
      { name: 'bcd', state: 'x' },
    ];
    const lines = (colour: boolean): string[] =>
      table(createStyle(colour), rows, [
        { title: 'N', align: 'right', cell: ({ name }) => ({ text: name, paint: 'green' }) },
        { title: 'STATE', cell: ({ state }) => ({ text: state, paint: 'red' }) },
        { title: 'END', cell: () => ({ text: 'é' }) },
      ]);
    assert.deepEqual(lines(false), ['  N  STATE     END', '  a  long one  é', 'bcd  x         é']);
    const escapes = new RegExp('\\u001b\\[\\d+m', 'g');
    assert.deepEqual(
      lines(true).map((line) => line.replace(escapes, '')),
      lines(false),
    );
    assert.notDeepEqual(lines(true), lines(false));
  });

  it('leaves fields without a value out', () => {
    assert.deepEqual(
      fields(createStyle(false), [
        ['A', { text: '1' }],
        ['Long', undefined],
        ['B', { text: '' }],
      ]),
      ['A  1'],
    );
  });

  it('writes ages in one unit', () => {
    const ages = [0, 59_999, 60_000, 3_600_000, 86_400_000 * 12].map((ms) => age(0, ms));
    assert.deepEqual(ages, ['0s', '59s', '1m', '1h', '12d']);
    assert.equal(age(5_000, 0), '0s');
  });

  it('shortens paths of the user and nobody else', () => {
    assert.equal(shortPath('/home/me', '/home/me'), '~');
    assert.equal(shortPath('/home/me/a', '/home/me'), '~/a');
    assert.equal(shortPath('/home/meat', '/home/me'), '/home/meat');
    assert.equal(shortPath('/a', '/'), '/a');
  });

  it('prints colours for people', async () => {
    const world = new FakeWorld({ colour: true });
    world.coordinator.allocations = [view({ state: 'listening' })];
    await world.run('list');
    assert.match(world.stdout.join('\n'), new RegExp('\\u001b\\[32mlistening\\u001b\\[39m'));
  });
});

describe('--verbose', () => {
  it('tells on standard error what is done, also beside JSON', async () => {
    const world = new FakeWorld();
    assert.equal(await world.run('list', '--json', '--verbose'), 0);
    world.connected[0]?.log.warn('Cannot take part: x\u001b[2J');
    assert.deepEqual(world.json(), { allocations: [] });
    assert.deepEqual(world.stderr, [
      '12:00:00.000 debug Styxy 1.2.3, process 4000.',
      '12:00:00.000 warn Cannot take part: x?[2J',
    ]);
  });

  it('is off by default', async () => {
    const world = new FakeWorld();
    await world.run('list', '--json');
    world.connected[0]?.log.error('x');
    assert.deepEqual(world.stderr, []);
  });
});

/** Streams that look like a process's, with a terminal at the keyboard. */
function streams(): Streams & { stdin: PassThrough; stdout: PassThrough; stderr: PassThrough } {
  const terminal = (): PassThrough => Object.assign(new PassThrough(), { isTTY: true });
  return { stdin: terminal(), stdout: terminal(), stderr: terminal() } as unknown as ReturnType<
    typeof streams
  >;
}

describe('the terminal', () => {
  it('keeps results and remarks apart', async () => {
    const ends = streams();
    const terminal = createTerminal(ends, {});
    terminal.result('a', 'b');
    terminal.note('c');
    await terminal.flush();
    assert.equal(String(ends.stdout.read()), 'a\nb\n');
    assert.equal(String(ends.stderr.read()), 'c\n');
  });

  it('takes a reader that went away for no error', async () => {
    const ends = streams();
    const terminal = createTerminal(ends, {});
    ends.stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await new Promise(setImmediate);
    terminal.result('a');
    await terminal.flush();
  });

  it('reports any other failure to write', async () => {
    const ends = streams();
    const terminal = createTerminal(ends, {});
    ends.stdout.destroy(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    await new Promise(setImmediate);
    await assert.rejects(terminal.flush(), { code: 'storage_unavailable' });
    await terminal.flush();
  });

  for (const [answer, agreed] of [
    ['y\n', true],
    [' YES \n', true],
    ['n\n', false],
    ['\n', false],
    ['yellow\n', false],
  ] as const) {
    it(`takes ${JSON.stringify(answer)} for ${agreed ? 'yes' : 'no'}`, async () => {
      const ends = streams();
      const terminal = createTerminal(ends, {});
      const asked = terminal.confirm('Sure?', new AbortController().signal);
      ends.stdin.write(answer);
      assert.equal(await asked, agreed);
      assert.match(String(ends.stderr.read()), /Sure\? \[y\/N\]/);
    });
  }

  it('takes an end of input or a signal for cancelled', async () => {
    const ended = streams();
    const first = createTerminal(ended, {}).confirm('Sure?', new AbortController().signal);
    ended.stdin.end();
    await assert.rejects(first, { code: 'cancelled' });
    const cancel = new AbortController();
    const second = createTerminal(streams(), {}).confirm('Sure?', cancel.signal);
    cancel.abort();
    await assert.rejects(second, { code: 'cancelled' });
  });
});
