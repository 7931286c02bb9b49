import assert from 'node:assert/strict';
import { escapeMarkdown } from '../../../../src/vscode/text/markdown';

describe('escapeMarkdown', () => {
  it('leaves words and the spaces between them', () => {
    assert.equal(escapeMarkdown('a server listens'), 'a server listens');
  });

  it('lets nothing from outside mean anything', () => {
    assert.equal(
      escapeMarkdown('[x](command:y) $(zap) <b> `*_~|# &lt;'),
      '\\[x\\]\\(command:y\\) \\$\\(zap\\) \\<b\\> \\`\\*\\_\\~\\|\\# &amp;lt;',
    );
    assert.equal(escapeMarkdown('a\n\n# b\t1. c'), 'a \\# b 1\\. c');
  });
});
