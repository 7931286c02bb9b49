import { toBody } from '../state/encode';
import type { State } from '../state/state';

/** Records in one part: a fraction of a millisecond of work. */
const PART_RECORDS = 512;

/**
 * Writes out a state in parts, so that whoever answers requests can do so in between: with
 * thousands of records the whole takes several milliseconds. Joined, the parts are
 * `JSON.stringify(toBody(state))`.
 */
export function* bodyParts(state: State): Generator<string> {
  let before = '{';
  for (const [name, value] of Object.entries(toBody(state))) {
    yield `${before}${JSON.stringify(name)}:`;
    before = ',';
    if (Array.isArray(value)) {
      yield* listParts(value);
    } else {
      yield JSON.stringify(value);
    }
  }
  yield '}';
}

function* listParts(records: readonly unknown[]): Generator<string> {
  yield '[';
  for (let first = 0; first < records.length; first += PART_RECORDS) {
    const part = JSON.stringify(records.slice(first, first + PART_RECORDS)).slice(1, -1);
    yield first === 0 ? part : `,${part}`;
  }
  yield ']';
}

export function bodyText(state: State): string {
  return [...bodyParts(state)].join('');
}
