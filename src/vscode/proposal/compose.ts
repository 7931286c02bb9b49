import { given } from '../../core/domain/schema';

/** A service of a Compose file that lets its ports be reached from the machine. */
export interface ComposeService {
  readonly name: string;
  readonly image?: string;
  /** The port on the machine, as far as the file says it in digits. */
  readonly port?: number;
}

interface Line {
  readonly indent: number;
  readonly text: string;
}

/**
 * The services of a Compose file that publish a port, by their layout: enough to propose something,
 * and no reader of YAML. What it does not understand, it leaves out. Never throws.
 */
export function composeServices(text: string): readonly ComposeService[] {
  const blocks = childrenOf(linesOf(text), 'services');
  return blocks.flatMap(({ name, lines }): ComposeService[] => {
    const ports = childLines(lines, 'ports');
    if (ports.length === 0) {
      return [];
    }
    const image = valueOf(lines, 'image');
    const port = ports.map(publishedPort).find((it) => it !== undefined);
    return [given({ name, image, port })];
  });
}

function linesOf(text: string): readonly Line[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trimEnd())
    .filter((line) => line.trim() !== '' && !line.includes('\t'))
    .map((line) => ({ indent: line.length - line.trimStart().length, text: line.trim() }));
}

interface Block {
  readonly name: string;
  readonly lines: readonly Line[];
}

/** The entries of a key of the first level, each with what is under it. */
function childrenOf(lines: readonly Line[], key: string): readonly Block[] {
  const begin = lines.findIndex(({ indent, text }) => indent === 0 && text === `${key}:`);
  if (begin < 0) {
    return [];
  }
  const below = until(lines.slice(begin + 1), 0);
  const depth = below[0]?.indent ?? 0;
  return below.flatMap(({ indent, text }, at): Block[] => {
    const name = /^["']?([\w.-]+)["']?:$/.exec(text)?.[1];
    return indent === depth && name !== undefined
      ? [{ name, lines: until(below.slice(at + 1), depth) }]
      : [];
  });
}

/** The lines that are deeper than `indent`, up to the first that is not. */
function until(lines: readonly Line[], indent: number): readonly Line[] {
  const end = lines.findIndex((line) => line.indent <= indent);
  return end < 0 ? lines : lines.slice(0, end);
}

function valueOf(lines: readonly Line[], key: string): string | undefined {
  const depth = lines[0]?.indent;
  const line = lines.find(({ indent, text }) => indent === depth && text.startsWith(`${key}:`));
  const value = line?.text
    .slice(key.length + 1)
    .trim()
    .replace(/^["']|["']$/g, '');
  return value === '' ? undefined : value;
}

/** What is listed under a key, also where the list is as deep as the key or on its line. */
function childLines(lines: readonly Line[], key: string): readonly string[] {
  const depth = lines[0]?.indent ?? 0;
  const at = lines.findIndex(({ indent, text }) => indent === depth && text.startsWith(`${key}:`));
  const line = lines[at];
  if (line === undefined) {
    return [];
  }
  const onLine = /^\[(.*)\]$/.exec(line.text.slice(key.length + 1).trim())?.[1];
  if (onLine !== undefined) {
    return onLine
      .split(',')
      .map((it) => it.trim())
      .filter((it) => it !== '');
  }
  const listed: string[] = [];
  for (const { indent, text } of lines.slice(at + 1)) {
    if (indent < depth || (indent === depth && !text.startsWith('-'))) {
      break;
    }
    listed.push(text.replace(/^-\s*/, ''));
  }
  return listed;
}

/** `"8080:80"`, `127.0.0.1:8080:80/tcp`, `published: 8080`. */
function publishedPort(text: string): number | undefined {
  const plain = text.replace(/["']/g, '');
  const found =
    /^published:\s*(\d+)$/.exec(plain)?.[1] ??
    /^(?:[\d.]+:|\[[\da-f:]+\]:)?(\d+):\d+(?:\/\w+)?$/.exec(plain)?.[1];
  return found === undefined ? undefined : Number(found);
}
