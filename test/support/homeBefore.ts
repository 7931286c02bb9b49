/** The home that version 0.1.0 wrote, and what it read from it: `test/fixtures/home-0.1.0`. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CopyName, EpochCopies } from '../../src/core/log/replay';
import type { StateBody } from '../../src/core/state/schema';
import { checkpointName, journalName } from '../../src/platform/storage/fileNames';

const FIXTURE = resolve('test/fixtures/home-0.1.0');

export const HOME_BEFORE = join(FIXTURE, 'home');
/** The folder of the host in it. A machine that opens it has another id. */
export const HOST_BEFORE = join(HOME_BEFORE, 'hosts', '0123456789ab');
/** The newest of its two epochs: the last that 0.1.0 led. */
export const EPOCH_BEFORE = 2;

/** As 0.1.0 itself read and wrote it. */
export interface StateBefore {
  readonly seq: number;
  readonly body: StateBody;
}

export function stateBefore(): StateBefore {
  return JSON.parse(readFileSync(join(FIXTURE, 'state.json'), 'utf8')) as StateBefore;
}

export function textBefore(name: string): string {
  return readFileSync(join(HOST_BEFORE, name), 'utf8');
}

export const NAMES_BEFORE: Readonly<Record<CopyName, string>> = {
  main: checkpointName(EPOCH_BEFORE, 'main'),
  bak: checkpointName(EPOCH_BEFORE, 'bak'),
  a: journalName(EPOCH_BEFORE, 'a'),
  b: journalName(EPOCH_BEFORE, 'b'),
};

export function copiesBefore(): EpochCopies {
  const read = (copy: CopyName) =>
    ({ kind: 'read', value: textBefore(NAMES_BEFORE[copy]) }) as const;
  return { main: read('main'), bak: read('bak'), a: read('a'), b: read('b') };
}
