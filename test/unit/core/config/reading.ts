import assert from 'node:assert/strict';
import { readConfiguration } from '../../../../src/core/config/readConfiguration';
import type { Configuration, FileProblem } from '../../../../src/core/domain/configuration';

/** A problem as tests compare it: where it is, the text that it points at, what it says. */
export interface Seen {
  readonly severity: FileProblem['severity'];
  readonly path: FileProblem['path'];
  readonly at: string;
  readonly message: string;
  readonly example?: string;
}

/** A text as it is, anything else as JSON. */
export function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}

export function problemsOf(content: unknown): readonly Seen[] {
  const text = textOf(content);
  return readConfiguration(text).problems.map(
    ({ severity, path, offset, length, message, example }) => ({
      severity,
      path,
      at: text.slice(offset, offset + length),
      message,
      ...(example === undefined ? {} : { example }),
    }),
  );
}

/** The configuration of a content without any problem. */
export function accepted(content: unknown): Configuration {
  const reading = readConfiguration(textOf(content));
  assert.deepEqual(reading.problems, []);
  assert.equal(reading.kind, 'read');
  return reading.kind === 'read' ? reading.configuration : assert.fail();
}

/** The configuration of a content that is warned of once, and the warning. */
export function warned(content: unknown): { configuration: Configuration; warning: Seen } {
  const reading = readConfiguration(textOf(content));
  const seen = problemsOf(content);
  assert.deepEqual(
    seen.map(({ severity }) => severity),
    ['warning'],
    JSON.stringify(seen),
  );
  const [warning] = seen;
  return reading.kind === 'read' && warning !== undefined
    ? { configuration: reading.configuration, warning }
    : assert.fail('refused');
}

/** The one error of a content, which refuses it. */
export function refused(content: unknown): Seen {
  assert.equal(readConfiguration(textOf(content)).kind, 'refused', textOf(content));
  const errors = problemsOf(content).filter(({ severity }) => severity === 'error');
  assert.equal(errors.length, 1, JSON.stringify(errors));
  const [error] = errors;
  assert.ok(error?.example, 'an example of what is right');
  return error;
}
