/** What is wrong in a configuration, for people. */
import type { FileProblem } from '../domain/configuration';
import { StyxyError } from '../domain/errors';
import { jsonPath } from '../domain/plan';

/** The configuration's file name, in Styxy's home. */
export const CONFIG_FILE = 'config.json';

/** One line: `config.json: service_types.web.port_range: ... Example: "port_range": [1, 2]`. */
export function describeProblem(problem: FileProblem, file: string): string {
  const { message, example } = problem;
  const where = [file, jsonPath(problem.path)].filter((part) => part !== '');
  const right = example === undefined ? '' : ` Example: ${example}`;
  return `${where.join(': ')}: ${message}${right}`;
}

/**
 * Code `invalid_config`: the configuration in `file` cannot be used. `problems` has at least one
 * error; `details` carries all of them, and `path` is the JSON path of the first error.
 */
export function invalidConfiguration(file: string, problems: readonly FileProblem[]): StyxyError {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const path = jsonPath(first?.path ?? []);
  const where = path === '' ? '' : ` at ${path}`;
  const right = first?.example === undefined ? '' : ` Right would be: ${first.example}`;
  const others = errors.length - 1;
  const more =
    others < 1
      ? ''
      : ` There ${others === 1 ? 'is 1 more error' : `are ${others} more errors`} in it.`;
  return new StyxyError(
    'invalid_config',
    `The configuration ${file} cannot be used${where}. ${first?.message ?? 'It cannot be read.'}${right}${more}`,
    { details: { file, path, problems } },
  );
}
