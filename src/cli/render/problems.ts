/** What is wrong in `config.json` or `styxy.json`, for people and programs. */
import type { FileProblem } from '../../core/domain/configuration';
import { jsonPath } from '../../core/domain/plan';
import type { Style } from '../run/style';
import { plain } from '../run/text';

export interface ProblemJson {
  readonly severity: FileProblem['severity'];
  /** JSON path: `services.web.env[0]`; empty for the file as a whole. */
  readonly path: string;
  /** From 1; columns count UTF-16 code units, as editors do. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What would be right. */
  readonly example?: string;
}

/** `text` is what was read, with or without its byte order mark. */
export function problemJson(problem: FileProblem, text: string): ProblemJson {
  const { severity, path, message, example } = problem;
  return {
    severity,
    path: jsonPath(path),
    ...positionOf(text, problem.offset),
    message,
    ...(example === undefined ? {} : { example }),
  };
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
