import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from '../../src/core/domain/errors';
import { REPOSITORY, readJson } from '../support/manifest';
import { source, sourcesBelow, stringLiterals, userTexts } from '../support/sources';

const BUNDLE = 'l10n/bundle.l10n.json';
/** The editor's own texts, and those of core that it shares with the command line. */
const editor = [
  ...sourcesBelow('src/vscode'),
  ...sourcesBelow('src/core'),
  source('src/extension.ts'),
];

describe('texts of the editor', () => {
  const { messages, notLiteral } = userTexts(editor);

  it('are literals, which can be collected', () => {
    assert.deepEqual(notLiteral, []);
  });

  it('are all in the bundle for translators, and nothing else is', () => {
    const sorted = Object.fromEntries([...messages].sort().map((text) => [text, text]));
    if (process.env.STYXY_WRITE_BUNDLE === '1') {
      const content = `${JSON.stringify(sorted, undefined, 2)}\n`;
      writeFileSync(join(REPOSITORY, BUNDLE), content);
    }
    const bundle = readJson<Record<string, string>>(BUNDLE);
    assert.deepEqual(bundle, sorted, 'Run the contract tests once with STYXY_WRITE_BUNDLE=1.');
  });

  it('number their arguments without gaps', () => {
    for (const message of messages) {
      const numbers = [...message.matchAll(/\{(\d+)\}/g)].map((match) => Number(match[1]));
      const distinct = [...new Set(numbers)].sort((a, b) => a - b);
      assert.deepEqual(
        distinct,
        distinct.map((_, at) => at),
        message,
      );
    }
  });
});

describe('error codes', () => {
  const all = sourcesBelow('src');

  it('are those of the contract', () => {
    assert.deepEqual([...ERROR_CODES].sort(), [
      'allocation_not_found',
      'cancelled',
      'internal',
      'invalid_argument',
      'invalid_config',
      'leader_unavailable',
      'leadership_lost',
      'no_port_available',
      'not_holder',
      'permission_denied',
      'port_in_use',
      'port_reserved',
      'protocol_mismatch',
      'storage_corrupt',
      'storage_newer',
      'storage_unavailable',
      'timeout',
      'untrusted_workspace',
    ]);
  });

  it('are each made somewhere', () => {
    const made = stringLiterals(all.filter(({ path }) => !path.endsWith('core/domain/errors.ts')));
    for (const code of ERROR_CODES) {
      assert.ok(made.has(code), code);
    }
  });
});
