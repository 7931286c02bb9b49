import assert from 'node:assert/strict';
import {
  livenessOf,
  type ProcessLiveness,
  type ProcessNames,
} from '../../../../src/coordinator/membership/processLiveness';
import { START_TOLERANCE_MS } from '../../../../src/core/health/ownership';

interface Seen {
  readonly isAlive?: boolean;
  readonly identity?: string;
  readonly startedAt?: number;
}

/** What the participant said, what the system says of its pid, and what that proves. */
const ROWS: readonly (readonly [string, Omit<ProcessNames, 'pid'>, Seen, ProcessLiveness])[] = [
  ['nobody has its pid', { identity: 'boot/7/1' }, { isAlive: false }, 'gone'],
  ['it is the same', { identity: 'boot/7/1' }, { identity: 'boot/7/1' }, 'there'],
  ['another one has its pid', { identity: 'boot/7/1' }, { identity: 'boot/7/2' }, 'gone'],
  [
    'the clock was set',
    { identity: 'i', startedAt: 1 },
    { identity: 'i', startedAt: 9e9 },
    'there',
  ],
  ['it started then', { startedAt: 10 }, { startedAt: 10 + START_TOLERANCE_MS }, 'there'],
  ['it started later', { startedAt: 10 }, { startedAt: 11 + START_TOLERANCE_MS }, 'gone'],
  ['it started earlier', { startedAt: 11 + START_TOLERANCE_MS }, { startedAt: 10 }, 'gone'],
  ['the system hides it', { identity: 'i', startedAt: 10 }, {}, 'unproven'],
  ['it said nothing', {}, { identity: 'i', startedAt: 10 }, 'unproven'],
];

describe('the process of a participant', () => {
  for (const [name, said, seen, presence] of ROWS) {
    it(`is ${presence} when ${name}`, async () => {
      const processes = {
        isAlive: () => seen.isAlive ?? true,
        identityOf: async () => seen.identity,
        startedAt: async () => seen.startedAt,
      };
      assert.equal(await livenessOf(processes, { pid: 7, ...said }), presence);
    });
  }
});
