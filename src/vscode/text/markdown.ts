/**
 * Text from anywhere as Markdown that shows it as it is. `MarkdownString.appendText` does the same
 * but keeps every space from breaking, so that lines break in the middle of words.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/[\\`*_{}[\]()#+\-.!|<>~$]/g, '\\$&');
}
