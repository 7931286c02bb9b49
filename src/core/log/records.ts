/**
 * The stored text: journal lines and checkpoints, each with its checksum. The checksum of a
 * line covers its epoch and number, so that a line copied from elsewhere is damage too.
 */
import { toBody } from '../state/encode';
import type { StateEvent } from '../state/events';
import type { CheckpointContent, Digest } from '../host/interfaces';
import { parsedJson } from '../domain/schema';
import type { State } from '../state/state';

/** A whole state at `seq`, as line 1 of a journal and the checkpoint carry it. */
export interface StoredState {
  readonly epoch: number;
  readonly seq: number;
  /** `toBody(state)`; not validated here. */
  readonly body: unknown;
}

export type JournalLine =
  | { readonly kind: 'opening'; readonly stored: StoredState }
  | { readonly kind: 'commit'; readonly seq: number; readonly events: readonly unknown[] }
  | { readonly kind: 'damaged' };

const OPENING = 'opening';
const EVENTS = 'events';

/** Which state it is: of which epoch, after how many commits over all epochs. */
export type StateNumber = Pick<StoredState, 'epoch' | 'seq'>;

/** Line 1 of a journal, with its line feed. `body`: the state's JSON text. */
export function openingLine({ epoch, seq }: StateNumber, digest: Digest, body: string): string {
  return line(epoch, seq, OPENING, body, digest);
}

/** The line of one commit, with its line feed. */
export function commitLine(
  epoch: number,
  seq: number,
  events: readonly StateEvent[],
  digest: Digest,
): string {
  return line(epoch, seq, EVENTS, JSON.stringify(events), digest);
}

function line(epoch: number, seq: number, field: string, text: string, digest: Digest): string {
  const sha = digest(`${epoch}:${seq}:${field}:${text}`);
  return `{"seq":${seq},"sha":"${sha}","${field}":${text}}\n`;
}

const LINE = /^\{"seq":(\d{1,15}),"sha":"([0-9a-f]{64})","(opening|events)":(.*)\}$/s;

/** Reads a line without its line feed. Never throws: what does not fit is `damaged`. */
export function readLine(epoch: number, text: string, digest: Digest): JournalLine {
  const match = LINE.exec(text);
  const [, seqText, sha, field, json] = match ?? [];
  if (seqText === undefined || sha === undefined || field === undefined || json === undefined) {
    return { kind: 'damaged' };
  }
  const seq = Number(seqText);
  if (digest(`${epoch}:${seq}:${field}:${json}`) !== sha) {
    return { kind: 'damaged' };
  }
  // What is no JSON was written by a faulty version, with a sum that is right.
  const value = parsedJson(json);
  if (value === undefined) {
    return { kind: 'damaged' };
  }
  if (field === OPENING) {
    return { kind: 'opening', stored: { epoch, seq, body: value } };
  }
  return Array.isArray(value) ? { kind: 'commit', seq, events: value } : { kind: 'damaged' };
}

/** `body`: the state's JSON text. */
export function checkpointOf(
  { epoch, seq }: StateNumber,
  digest: Digest,
  body: string,
): CheckpointContent {
  return { sha: digest(`${epoch}:${seq}:${body}`), epoch, seq, body };
}

/** The file's text: one JSON object, with its line feed. */
export function checkpointText({ sha, epoch, seq, body }: CheckpointContent): string {
  return `{"sha":"${sha}","epoch":${epoch},"seq":${seq},"body":${body}}\n`;
}

const CHECKPOINT =
  /^\{"sha":"([0-9a-f]{64})","epoch":(\d{1,15}),"seq":(\d{1,15}),"body":(.*)\}\n$/s;

/** Reads a checkpoint's text; undefined when it is damaged or belongs to another epoch. */
export function readCheckpointText(
  epoch: number,
  text: string,
  digest: Digest,
): StoredState | undefined {
  const [, sha, epochText, seqText, body] = CHECKPOINT.exec(text) ?? [];
  if (sha === undefined || body === undefined || Number(epochText) !== epoch) {
    return undefined;
  }
  const seq = Number(seqText);
  if (digest(`${epoch}:${seq}:${body}`) !== sha) {
    return undefined;
  }
  const value = parsedJson(body);
  return value === undefined ? undefined : { epoch, seq, body: value };
}

/** Records in one part: a fraction of a millisecond of work. */
const PART_RECORDS = 512;

/**
 * Writes out a state in parts, so that requests can be answered in between: with thousands of
 * records the whole takes several milliseconds. Joined, the parts are
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
