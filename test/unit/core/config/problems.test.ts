import assert from 'node:assert/strict';
import { describeProblem } from '../../../../src/core/config/readConfiguration';
import type { FileProblem } from '../../../../src/core/domain/configuration';
import { StyxyError } from '../../../../src/core/domain/errors';
import { invalidFile } from '../../../../src/core/domain/plan';

const ERROR: FileProblem = {
  severity: 'error',
  path: ['service_types', 'web', 'port_range', 0],
  offset: 10,
  length: 2,
  message: 'It is wrong.',
  example: '"port_range": [1024, 1025]',
};
const WARNING: FileProblem = {
  severity: 'warning',
  path: ['zebra'],
  offset: 1,
  length: 7,
  message: 'It is strange.',
};

describe('a problem of the configuration', () => {
  it('is one line with file, path, sentence and example', () => {
    assert.equal(
      describeProblem(ERROR, '/home/me/.styxy/config.json'),
      '/home/me/.styxy/config.json: service_types.web.port_range[0]: It is wrong. ' +
        'Example: "port_range": [1024, 1025]',
    );
    assert.equal(describeProblem(WARNING, 'config.json'), 'config.json: zebra: It is strange.');
    assert.equal(
      describeProblem({ ...WARNING, path: [] }, 'config.json'),
      'config.json: It is strange.',
    );
  });

  it('makes an error of the file with all of them', () => {
    const problems = [WARNING, ERROR, ERROR];
    const error = invalidFile('configuration', 'config.json', problems);
    assert.ok(error instanceof StyxyError);
    assert.equal(error.code, 'invalid_config');
    assert.equal(error.retryable, false);
    assert.deepEqual(error.details, {
      file: 'config.json',
      path: 'service_types.web.port_range[0]',
      problems,
    });
    assert.equal(
      error.message,
      'The configuration config.json cannot be used at service_types.web.port_range[0]. ' +
        'It is wrong. Right would be: "port_range": [1024, 1025]. There is 1 more error in it.',
    );
    assert.match(
      invalidFile('configuration', 'config.json', [ERROR, ERROR, ERROR]).message,
      /There are 2 more errors in it\.$/,
    );
    assert.match(invalidFile('configuration', 'config.json', [ERROR]).message, /1025\]\.$/);
  });
});
