/** What is wrong in `config.json` or `styxy.json`, for people and programs. */
import type { FileProblem } from '../../core/domain/configuration';
import { jsonPath } from '../../core/domain/plan';
import type { Style } from '../run/style';
import { plain } from '../../core/domain/describe';

/**
 * `path` is a JSON path, `services.web.env[0]`, and empty for the file as a whole; lines and columns
 * begin at 1, and columns count UTF-16 code units, as editors do; `example` is what would be right.
 */
export type ProblemJson = ReturnType<typeof problemJson>;

/** `text` is what was read, with or without its byte order mark. */
export function problemJson(problem: FileProblem, text: string) {
  return placed(problem, positionOf(text, problem.offset));
}

/** Without its line, for those who have not read the file. */
export function unplacedProblemJson(problem: FileProblem) {
  return placed(problem, {});
}

function placed<Place extends object>(
  { severity, path, message, example }: FileProblem,
  at: Place,
) {
  return { severity, path: jsonPath(path), ...at, message, example };
}

function positionOf(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  const last = lines.at(-1) ?? '';
  const mark = lines.length === 1 && last.startsWith('\ufeff') ? 1 : 0;
  return { line: lines.length, column: last.length - mark + 1 };
}

/** `~/shop/styxy.json:3:12: error: services.web.port: ...`, as compilers say it. */
export function problemLines(problem: ProblemJson, file: string, style: Style): string[] {
  const { severity, path, line, column, message, example } = problem;
  const paint = severity === 'error' ? style.red : style.yellow;
  const where = path === '' ? '' : `${plain(path)}: `;
  return [
    `${plain(file)}:${line}:${column}: ${paint(severity)}: ${where}${plain(message)}`,
    ...(example === undefined ? [] : [`    right would be: ${plain(example)}`]),
  ];
}
