import assert from 'node:assert/strict';
import { StyxyError } from '../../../../src/core/domain/errors';
import { CONFIG, FakeWorld, HERE } from '../support/fakes';

function errorOf(run: FakeWorld): { code: string; message: string } {
  return (run.json() as { error: ReturnType<typeof errorOf> }).error;
}

describe('styxy config validate', () => {
  const BAD = `{
  // two mistakes
  "service_types": { "web": { "port_range": [5199, 5173] } },
  "service_typos": {}
}`;

  it('tells line, column, path, what is wrong and what would be right', async () => {
    const run = new FakeWorld();
    run.configurations.set(CONFIG, BAD);
    assert.equal(await run.run('config', 'validate', '--json'), 2);
    const { file, valid, problems } = run.json() as {
      file: string;
      valid: boolean;
      problems: Record<string, unknown>[];
    };
    assert.deepEqual([file, valid], [CONFIG, false]);
    assert.deepEqual(
      problems.map(({ severity, line, path }) => [severity, line, path]),
      [
        ['error', 3, 'service_types.web.port_range'],
        ['warning', 4, 'service_typos'],
      ],
    );
    assert.equal(problems[0]?.column, 45);
    assert.equal(typeof problems[0]?.example, 'string');
  });

  it('says it as compilers do', async () => {
    const run = new FakeWorld();
    run.configurations.set(CONFIG, BAD);
    assert.equal(await run.run('config', 'validate'), 2);
    const text = run.stdout.join('\n');
    assert.match(text, /^~\/\.styxy\/config\.json:3:45: error: service_types\.web\.port_range: /);
    assert.match(text, /^ {4}right would be: /m);
    assert.match(text, /^~\/\.styxy\/config\.json:4:\d+: warning: service_typos: /m);
    assert.match(run.stderr.join('\n'), /cannot be used: 1 error, 1 warning\./);
  });

  it('is content with warnings', async () => {
    const run = new FakeWorld();
    run.configurations.set(CONFIG, '{ "service_typos": {} }');
    assert.equal(await run.run('config', 'validate'), 0);
    assert.equal(run.stdout.length > 0, true);
    assert.match(run.stderr.join('\n'), /can be used: 1 warning\./);
  });

  it('is content without a file: the defaults apply', async () => {
    const json = new FakeWorld();
    assert.equal(await json.run('config', 'validate', '--json'), 0);
    assert.deepEqual(json.json(), { file: CONFIG, valid: true, problems: [] });
    const human = new FakeWorld();
    assert.equal(await human.run('config', 'validate'), 0);
    assert.match(human.stderr.join('\n'), /does not exist: the defaults apply/);
  });

  it('reads another file, which must be there', async () => {
    const run = new FakeWorld();
    run.configurations.set(CONFIG, BAD);
    run.configurations.set(`${HERE}/new.json`, '{}');
    assert.equal(await run.run('config', 'validate', 'new.json', '--json'), 0);
    assert.deepEqual(run.json(), { file: `${HERE}/new.json`, valid: true, problems: [] });
    const missing = new FakeWorld();
    assert.equal(await missing.run('config', 'validate', 'new.json', '--json'), 2);
    assert.equal(errorOf(missing).code, 'invalid_argument');
  });

  it('counts lines and columns as editors do', async () => {
    const run = new FakeWorld();
    run.configurations.set(CONFIG, '\ufeff{"a":1,\r\n"😀": {}, "b":2,\r"c":3}');
    await run.run('config', 'validate', '--json');
    const { problems } = run.json() as { problems: Record<string, unknown>[] };
    assert.deepEqual(
      problems.map(({ line, column }) => [line, column]),
      [
        [1, 2],
        [2, 1],
        [2, 11],
        [3, 1],
      ],
    );
  });

  it('passes on why a file cannot be read', async () => {
    const run = new FakeWorld();
    run.configurations.set(CONFIG, new StyxyError('storage_unavailable', 'The disk is gone.'));
    assert.equal(await run.run('config', 'validate', '--json'), 6);
    assert.equal(errorOf(run).code, 'storage_unavailable');
  });
});
