/** A text that has been made safe for HTML. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = string | Html | readonly Html[];

/** Escapes every part that is no HTML yet. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(
    strings.reduce((text, string, at) => text + render(parts[at - 1] ?? '') + string),
  );
}

function render(part: Part): string {
  if (typeof part === 'string') {
    return escapeHtml(part);
  }
  return part instanceof Html ? part.text : part.map(({ text }) => text).join('');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
