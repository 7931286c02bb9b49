import assert from 'node:assert/strict';
import type { FileProblem } from '../../../../src/core/domain/configuration';
import type { Plan } from '../../../../src/core/domain/plan';
import { readPlan } from '../../../../src/core/plan/readPlan';

/** The plan that a text or a value is; fails if it is refused. */
export function planOf(source: unknown): Plan {
  const reading = readPlan(typeof source === 'string' ? source : JSON.stringify(source));
  assert.equal(reading.kind, 'read', JSON.stringify(reading.problems));
  return reading.kind === 'read' ? reading.plan : { services: new Map(), files: new Map() };
}

/** The errors of a text that must be refused. */
export function errorsOf(text: string): readonly FileProblem[] {
  const reading = readPlan(text);
  assert.equal(reading.kind, 'refused', `not refused: ${text.slice(0, 200)}`);
  const errors = reading.problems.filter(({ severity }) => severity === 'error');
  assert.ok(errors.length > 0);
  for (const { message, example, offset, length } of errors) {
    assert.match(message, /[.?]$/);
    assert.doesNotMatch(message, /[\p{Cc}]/u);
    assert.ok(example !== undefined && example.length > 0, message);
    assert.ok(offset >= 0 && offset + length <= text.length, message);
  }
  return errors;
}
