import assert from 'node:assert/strict';
import {
  ERROR_CODES,
  errorFromJson,
  errorGroup,
  EXIT_CODES,
  isErrorCode,
  StyxyError,
  toStyxyError,
} from '../../../../src/core/domain/errors';

describe('StyxyError', () => {
  it('crosses the wire unchanged', () => {
    const error = new StyxyError('port_in_use', 'Port 3000 is taken.', {
      details: { port: 3000 },
      retryable: true,
    });
    const again = errorFromJson(JSON.parse(JSON.stringify(error)));
    assert.deepEqual(again.toJSON(), error.toJSON());
    assert.ok(again instanceof StyxyError);
  });

  for (const [json, message] of [
    [undefined, 'Unknown error.'],
    [[], 'Unknown error.'],
    [{ code: 'nonsense', message: 7, details: [] }, 'Unknown error.'],
    [{ code: 'toString', message: 'x' }, 'x'],
  ] as const) {
    it(`makes internal of ${JSON.stringify(json)}`, () => {
      assert.deepEqual(errorFromJson(json).toJSON(), {
        code: 'internal',
        message,
        details: {},
        retryable: false,
      });
    });
  }

  it('says of itself whether asking again may help', () => {
    assert.equal(new StyxyError('storage_unavailable', 'x').retryable, true);
    assert.equal(new StyxyError('storage_unavailable', 'x', { retryable: false }).retryable, false);
    assert.equal(new StyxyError('port_in_use', 'x').retryable, false);
  });

  it('wraps what else was thrown, and says what to do', () => {
    const own = new StyxyError('timeout', 'x');
    assert.equal(toStyxyError(own), own);
    const cause = new Error('boom');
    const wrapped = toStyxyError(cause);
    assert.equal(wrapped.code, 'internal');
    assert.equal(wrapped.cause, cause);
    assert.match(wrapped.message, /boom.*styxy daemon status/);
    assert.match(toStyxyError('text').message, /text/);
  });

  it('has an exit code for every code', () => {
    assert.equal(ERROR_CODES.length, 18);
    for (const code of ERROR_CODES) {
      assert.ok(isErrorCode(code));
      assert.ok(Number.isInteger(EXIT_CODES[errorGroup(code)]));
    }
    assert.equal(EXIT_CODES[errorGroup('not_holder')], 4);
    assert.equal(isErrorCode('constructor'), false);
    assert.equal(isErrorCode(7), false);
  });
});
