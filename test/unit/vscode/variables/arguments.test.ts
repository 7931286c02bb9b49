import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readArguments } from '../../../../src/vscode/variables/arguments';

function problem(passed: unknown): string {
  const read = readArguments(passed);
  return read.kind === 'refused' ? read.problem.kind : 'read';
}

describe('readArguments', () => {
  it('reads service, type and folder', () => {
    assert.deepEqual(readArguments({ service: 'web', type: 'dev', folder: 'backend' }), {
      kind: 'read',
      args: { service: 'web', type: 'dev', folder: 'backend' },
    });
    assert.deepEqual(readArguments({ service: 'web' }), {
      kind: 'read',
      args: { service: 'web' },
    });
  });

  it('takes no debug configuration for arguments', () => {
    assert.equal(
      problem({ request: 'launch', name: 'x', type: 'node', service: 'web' }),
      'missing',
    );
  });

  it('says what is wrong', () => {
    assert.equal(problem(undefined), 'missing');
    assert.equal(problem([]), 'missing');
    assert.equal(problem('web'), 'missing');
    assert.equal(problem({}), 'missing');
    assert.equal(problem({ type: 'dev' }), 'missing');
    assert.equal(problem({ service: 3000 }), 'not-text');
    assert.equal(problem({ service: '' }), 'bad-name');
    assert.equal(problem({ service: 'a b' }), 'bad-name');
    assert.equal(problem({ service: '../a' }), 'bad-name');
    assert.equal(problem({ service: 'a\n' }), 'bad-name');
    assert.equal(problem({ service: 'web', type: '-' }), 'bad-name');
    assert.equal(problem({ service: 'web', folder: '${workspaceFolder}' }), 'unresolved');
    assert.equal(problem({ service: '${input:name}' }), 'unresolved');
    assert.equal(problem({ service: 'web', port: '3000' }), 'unknown-key');
    assert.equal(problem(JSON.parse('{"service":"web","__proto__":"x"}')), 'unknown-key');
  });

  it('answers to anything, and never with a name that is none', () => {
    fc.assert(
      fc.property(fc.anything(), (passed) => {
        const read = readArguments(passed);
        assert.ok(
          read.kind === 'refused' || /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(read.args.service),
        );
      }),
    );
  });
});
