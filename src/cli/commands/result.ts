import { hint, printJson, type Run } from '../run/run';

/** Prints what a command found or did: one object with `--json`, else these lines. */
export function printResult(run: Run, json: unknown, ...lines: readonly string[]): void {
  if (run.json) {
    printJson(run, json);
  } else {
    run.terminal.result(...lines);
  }
}

/** The same for a table. Where it has no rows, people read why on standard error. */
export function printRows<Row>(
  run: Run,
  json: unknown,
  rows: readonly Row[],
  tableOf: (run: Run, rows: readonly Row[]) => readonly string[],
  none: string,
): void {
  if (run.json || rows.length > 0) {
    printResult(run, json, ...tableOf(run, rows));
  } else {
    hint(run, none);
  }
}
