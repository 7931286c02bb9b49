import type { Node } from 'jsonc-parser';
import { show } from '../domain/describe';
import type { Plan } from '../domain/plan';
import { didYouMean, type Member, type Span } from '../jsonc/document';
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
  member: Member,
  services: readonly string[],
): Plan['files'] {
  if (!member.isObject) {
    member.error('"files" is an object of dotenv files.', FILES_EXAMPLE);
  }
  const spellings = new Map<string, string>();
  const files = [...member.members().values()].map((file) => {
    const problem = filePathProblem(file.name) ?? spelledTwice(file.name, spellings);
    if (problem !== undefined) {
      file.keyError(problem, FILES_EXAMPLE);
    }
    return [file.name, readValues(text, file, services)] as const;
  });
  return new Map(files);
}

/** Where case is ignored two spellings are one file, which would then be written in turns. */
function spelledTwice(name: string, spellings: Map<string, string>): string | undefined {
  const other = spellings.get(name.toLowerCase());
  spellings.set(name.toLowerCase(), name);
  return other === undefined ? undefined : `${show(other)} is the same file on macOS and Windows.`;
}

function readValues(
  text: string,
  file: Member,
  services: readonly string[],
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  if (!file.isObject) {
    file.error(`${show(file.name)} is an object of variables.`, FILES_EXAMPLE);
  }
  for (const variable of file.members().values()) {
    const { name, plain } = variable;
    if (!isEnvironmentName(name)) {
      variable.keyError(`A variable's name has ${ENVIRONMENT_NAME_RULE}.`, '"API_URL"');
    }
    if (typeof plain !== 'string') {
      variable.error(`${show(name)} is a text.`, '"WEB_PORT": "${web}"');
      continue;
    }
    if (UNWRITABLE.test(plain)) {
      variable.error('A value has no control characters.', '"WEB_PORT": "${web}"');
    }
    checkReferences(text, variable, plain, services);
    values.set(name, plain);
  }
  return values;
}

function checkReferences(
  text: string,
  { value, path, problems }: Member,
  content: string,
  services: readonly string[],
): void {
  const example = `"http://localhost:\${${services[0] ?? 'web'}}"`;
  if (hasOpenPlaceholder(content)) {
    problems.error(value, path, 'A "${" has no "}" behind it.', example);
  }
  for (const name of placeholdersIn(content)) {
    if (!services.includes(name) && problems.takesErrors) {
      const hint = didYouMean(name, services, 'Declare it under "services".');
      const message = `${show(`\${${name}}`)} names no service of this plan. ${hint}`;
      problems.error(spanOf(text, value, `\${${name}}`), path, message, example);
    }
  }
}

/** Where a part of a text value stands, if it is written there as it is; else the whole value. */
function spanOf(text: string, node: Node, part: string): Span {
  const offset = text.indexOf(part, node.offset);
  const isInside = offset !== -1 && offset + part.length <= node.offset + node.length;
  return isInside ? { offset, length: part.length } : node;
}
