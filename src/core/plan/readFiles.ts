import type { Node } from 'jsonc-parser';
import { show } from '../domain/describe';
import type { Plan } from '../domain/plan';
import { didYouMean, membersOf, type Member, type Problems, type Span } from '../jsonc/document';
import { filePathProblem } from './filePath';
import { hasOpenPlaceholder, placeholdersIn } from './placeholders';

const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
export const ENVIRONMENT_NAME_RULE = 'letters, digits and "_", not beginning with a digit';
/** Control characters but tab and line ends, which can be written in a dotenv file. */
const UNWRITABLE = /(?![\t\n\r])\p{Cc}/u;

const FILES_EXAMPLE = '"files": { ".env.local": { "API_URL": "http://localhost:${api}" } }';

export function isEnvironmentName(value: unknown): value is string {
  return typeof value === 'string' && ENVIRONMENT_NAME.test(value);
}

/** What `files` says. `services` are the names that the plan declares, valid or not. */
export function readFiles(
  text: string,
  { value, path }: Member,
  services: readonly string[],
  problems: Problems,
): Plan['files'] {
  const files = new Map<string, ReadonlyMap<string, string>>();
  if (value.type !== 'object') {
    problems.error(value, path, '"files" is an object of dotenv files.', FILES_EXAMPLE);
    return files;
  }
  const spellings = new Map<string, string>();
  for (const file of membersOf(value, path, problems).values()) {
    const { name, key } = file;
    const problem = filePathProblem(name) ?? spelledTwice(name, spellings);
    if (problem !== undefined) {
      problems.error(key, file.path, problem, FILES_EXAMPLE);
    }
    files.set(name, readValues(text, file, services, problems));
  }
  return files;
}

/** Where case is ignored two spellings are one file, which would then be written in turns. */
function spelledTwice(name: string, spellings: Map<string, string>): string | undefined {
  const other = spellings.get(name.toLowerCase());
  spellings.set(name.toLowerCase(), name);
  return other === undefined ? undefined : `${show(other)} is the same file on macOS and Windows.`;
}

function readValues(
  text: string,
  { name: file, value, path }: Member,
  services: readonly string[],
  problems: Problems,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  if (value.type !== 'object') {
    problems.error(value, path, `${show(file)} is an object of variables.`, FILES_EXAMPLE);
    return values;
  }
  for (const { name, key, value: node, path: at } of membersOf(value, path, problems).values()) {
    if (!isEnvironmentName(name)) {
      problems.error(key, at, `A variable's name has ${ENVIRONMENT_NAME_RULE}.`, '"API_URL"');
    }
    const content: unknown = node.value;
    if (typeof content !== 'string') {
      problems.error(node, at, `${show(name)} is a text.`, '"WEB_PORT": "${web}"');
      continue;
    }
    if (UNWRITABLE.test(content)) {
      problems.error(node, at, 'A value has no control characters.', '"WEB_PORT": "${web}"');
    }
    checkReferences(text, { node, content, path: at, services }, problems);
    values.set(name, content);
  }
  return values;
}

interface Value {
  readonly node: Node;
  readonly content: string;
  readonly path: Member['path'];
  readonly services: readonly string[];
}

function checkReferences(
  text: string,
  { node, content, path, services }: Value,
  problems: Problems,
): void {
  const example = `"http://localhost:\${${services[0] ?? 'web'}}"`;
  if (hasOpenPlaceholder(content)) {
    problems.error(node, path, 'A "${" has no "}" behind it.', example);
  }
  for (const name of placeholdersIn(content)) {
    if (!services.includes(name) && problems.takesErrors) {
      const hint = didYouMean(name, services, 'Declare it under "services".');
      const message = `${show(`\${${name}}`)} names no service of this plan. ${hint}`;
      problems.error(spanOf(text, node, `\${${name}}`), path, message, example);
    }
  }
}

/** Where a part of a text value stands, if it is written there as it is; else the whole value. */
function spanOf(text: string, node: Node, part: string): Span {
  const offset = text.indexOf(part, node.offset);
  const isInside = offset !== -1 && offset + part.length <= node.offset + node.length;
  return isInside ? { offset, length: part.length } : node;
}
