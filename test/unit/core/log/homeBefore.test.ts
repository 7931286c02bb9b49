import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { auditLine, parseAuditLine } from '../../../../src/core/audit/entry';
import { readConfiguration } from '../../../../src/core/config/readConfiguration';
import type { Read } from '../../../../src/core/host/interfaces';
import {
  bodyText,
  checkpointOf,
  checkpointText,
  openingLine,
  readCheckpointText,
  readLine,
} from '../../../../src/core/log/records';
import { replayEpoch, type CopyName, type EpochCopies } from '../../../../src/core/log/replay';
import { fromBody, toBody } from '../../../../src/core/state/encode';
import { invariants } from '../../../../src/core/state/invariants';
import type { State } from '../../../../src/core/state/state';
import { sha256 } from '../../../../src/platform/fs/runtime';
import { lockName, parseName } from '../../../../src/platform/storage/fileNames';
import { formatLockRecord, parseLockRecord } from '../../../../src/platform/storage/lockFile';
import {
  copiesBefore,
  EPOCH_BEFORE,
  HOME_BEFORE,
  HOST_BEFORE,
  stateBefore,
  textBefore,
} from '../../../support/homeBefore';

/** As JSON: fields in whatever order, but the same ones. */
function written(state: State): unknown {
  return JSON.parse(JSON.stringify(toBody(state)));
}

function replayed(copies: Partial<EpochCopies> = {}) {
  const replay = replayEpoch(EPOCH_BEFORE, { ...copiesBefore(), ...copies }, sha256);
  assert.ok(replay.kind === 'base', `the epoch is ${replay.kind}`);
  return replay;
}

const DAMAGES: readonly (readonly [string, (text: string) => Read<string>])[] = [
  ['deleted', () => ({ kind: 'absent' })],
  ['empty', () => ({ kind: 'read', value: '' })],
  ['cut in half', (text) => ({ kind: 'read', value: text.slice(0, text.length / 2) })],
  ['torn at its end', (text) => ({ kind: 'read', value: text.slice(0, -9) })],
  [
    'changed in every line',
    (text) => ({ kind: 'read', value: text.replaceAll('"sha":"', '"sha":"0') }),
  ],
];

describe('a home that version 0.1.0 wrote', () => {
  const { body, seq } = stateBefore();

  it('has records of every kind, or this proves less than it says', () => {
    assert.equal(body.allocations.length, 13);
    assert.ok(body.allocations.some(({ holders }) => holders.length === 3));
    assert.ok(body.allocations.some(({ planned }) => planned?.health !== undefined));
    assert.ok(body.allocations.some(({ movedFrom }) => movedFrom !== undefined));
    assert.deepEqual(
      body.types?.map(({ name }) => name),
      ['telemetry', 'queue-runner'],
    );
    const held = new Set(body.allocations.map(({ port }) => port));
    assert.equal(body.memory.filter(({ port }) => !held.has(port)).length, 4);
    assert.ok(body.cooling.length > 0 && body.answered.length > 0 && body.history.length > 0);
    assert.ok(body.configuration?.text?.includes('storefront'));
  });

  it('is read to the last record as 0.1.0 itself read it', () => {
    const replay = replayed();
    assert.equal(replay.seq, seq);
    assert.deepEqual(written(replay.state), body);
    assert.deepEqual([replay.damaged, replay.gap], [[], false]);
    assert.deepEqual(invariants(replay.state), []);
  });

  it('holds its last commits in the journals only', () => {
    assert.deepEqual(
      replayed().replayed.map(({ seq: number, events }) => `${number}: ${events[0]?.kind}`),
      ['26: granted', '27: granted', '28: granted', '29: released'],
    );
  });

  for (const copy of ['main', 'bak', 'a', 'b'] satisfies CopyName[]) {
    for (const [how, damage] of DAMAGES) {
      it(`is read the same with its copy "${copy}" ${how}`, () => {
        const read = copiesBefore()[copy];
        assert.ok(read.kind === 'read');
        const replay = replayed({ [copy]: damage(read.value) });
        assert.deepEqual(written(replay.state), body);
        assert.deepEqual([replay.seq, replay.gap], [seq, false]);
      });
    }
  }

  it('is written by this version with the same fields, and read again', () => {
    const { state } = replayed();
    const text = bodyText(state);
    assert.deepEqual(JSON.parse(text), body);
    const place = { epoch: EPOCH_BEFORE + 1, seq };
    const checkpoint = readCheckpointText(
      place.epoch,
      checkpointText(checkpointOf(place, sha256, text)),
      sha256,
    );
    const line = readLine(place.epoch, openingLine(place, sha256, text).trimEnd(), sha256);
    assert.ok(line.kind === 'opening');
    for (const stored of [checkpoint, line.stored]) {
      assert.equal(stored?.seq, seq);
      const decoded = fromBody(stored.body);
      assert.ok(decoded.kind === 'state', JSON.stringify(decoded));
      assert.deepEqual(written(decoded.state), body);
    }
  });

  it('has the checkpoints and first lines of its older epoch', () => {
    const stored = readCheckpointText(1, textBefore('state.0000000001.json'), sha256);
    assert.equal(fromBody(stored?.body).kind, 'state');
    const [first = ''] = textBefore('journal.0000000001.a.ndjson').split('\n');
    assert.equal(readLine(1, first, sha256).kind, 'opening');
  });

  it('has locks that are read, and written with the same fields', () => {
    for (const epoch of [1, 2]) {
      const text = textBefore(lockName(epoch));
      const record = parseLockRecord(text);
      assert.ok(record !== 'unreadable');
      // The checksum covers the fields in their order, which is another one.
      const fields = JSON.parse(text) as { sha: string };
      assert.deepEqual({ ...record, sha: fields.sha }, fields);
      assert.deepEqual(parseLockRecord(formatLockRecord(record)), record);
    }
  });

  it('has only names that mean something in the folder of its host', () => {
    const unknown = readdirSync(HOST_BEFORE).filter((name) => parseName(name) === undefined);
    assert.deepEqual(unknown, ['audit.log']);
  });

  it('has an audit log of which each line is read, and written the same', () => {
    const lines = textBefore('audit.log').trimEnd().split('\n');
    assert.equal(lines.length, 36);
    for (const line of lines) {
      const entry = parseAuditLine(line);
      assert.ok(entry, line);
      assert.equal(auditLine(entry), `${line}\n`);
    }
  });

  it('has a config.json and backups that are read without a problem', () => {
    const backups = readdirSync(join(HOME_BEFORE, 'backups'));
    assert.equal(backups.length, 4);
    for (const name of ['config.json', ...backups.map((each) => join('backups', each))]) {
      const { kind, problems } = readConfiguration(readFileSync(join(HOME_BEFORE, name), 'utf8'));
      assert.deepEqual([name, kind, problems], [name, 'read', []]);
    }
  });
});
