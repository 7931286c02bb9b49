import assert from 'node:assert/strict';
import { advance, check, hasLock, stand, succeed } from '../../../../src/core/election/machine';
import type { Action, Ending, Observation, Phase, Step } from '../../../../src/core/election/types';
import type { EpochFile, Listing } from '../../../../src/core/host/interfaces';

type Base = string;

function files(epoch: number): EpochFile[] {
  return [
    { kind: 'lock', epoch },
    { kind: 'journal', epoch, copy: 'a' },
    { kind: 'journal', epoch, copy: 'b' },
    { kind: 'checkpoint', epoch, copy: 'main' },
  ];
}

function listing(...found: readonly EpochFile[]): Observation<Base> {
  const highest = Math.max(0, ...found.map(({ epoch }) => epoch));
  const seen: Listing = { files: found, highest, claims: [] };
  return { saw: 'listing', listing: seen };
}

/** The first step and what each observation leads to, as words. */
function course(first: Step<Base>, ...observations: readonly Observation<Base>[]): string[] {
  let step = first;
  const actions = [words(step.action)];
  for (const observation of observations) {
    step = advance(step.phase, observation);
    actions.push(words(step.action));
  }
  return actions;
}

function words(action: Action<Base>): string {
  return action.do === 'end' ? `end: ${action.why.kind}` : action.do;
}

function ending(phase: Phase<Base>, observation: Observation<Base>): Ending | undefined {
  const { action } = advance(phase, observation);
  return action.do === 'end' ? action.why : undefined;
}

const recovered: Observation<Base> = {
  saw: 'recovered',
  recovery: { kind: 'base', base: 'state' },
};

describe('the way to leadership', () => {
  it('begins in an empty folder with number 1', () => {
    assert.deepEqual(
      course(
        stand(0),
        listing(),
        { saw: 'readable' },
        { saw: 'won' },
        { saw: 'done' },
        listing(...files(1)),
        recovered,
        { saw: 'done' },
        listing(...files(1)),
      ),
      ['list', 'checkVersion', 'claim', 'fence', 'list', 'recover', 'open', 'list', 'serve'],
    );
  });

  it('asks the leader of the highest number first, and follows it when it answers', () => {
    assert.deepEqual(course(stand(0), listing(...files(4)), { saw: 'alive' }), [
      'list',
      'probe',
      'end: follow',
    ]);
  });

  it('stands for the number after that of a dead leader', () => {
    const judged = advance(stand<Base>(0).phase, listing(...files(4)));
    const checked = advance(judged.phase, { saw: 'dead' });
    const { action } = advance(checked.phase, { saw: 'readable' });
    assert.deepEqual(action, { do: 'claim', epoch: 5 });
  });

  it('never stands for a number that it has seen, whatever the folder shows', () => {
    const checked = advance(stand<Base>(9).phase, listing(...files(4)));
    assert.deepEqual(checked.action, { do: 'checkVersion', epoch: 9 });
  });

  it('leaves the leadership to newer versions', () => {
    assert.deepEqual(course(stand(0), listing(), { saw: 'newer' }).at(-1), 'end: newer');
    const recovering: Phase<Base> = { kind: 'recovering', epoch: 2 };
    const newer: Observation<Base> = { saw: 'recovered', recovery: { kind: 'newer' } };
    assert.deepEqual(ending(recovering, newer), { kind: 'newer', epoch: 2 });
  });

  it('looks again when somebody else was faster', () => {
    const claiming: Phase<Base> = { kind: 'claiming', epoch: 2 };
    assert.deepEqual(ending(claiming, { saw: 'lost' }), { kind: 'lost', seen: 2 });
    const fencing: Phase<Base> = { kind: 'fencing', epoch: 2 };
    assert.deepEqual(ending(fencing, { saw: 'lost' }), { kind: 'lost', seen: 2 });
    const confirming: Phase<Base> = { kind: 'confirming', epoch: 2 };
    assert.deepEqual(ending(confirming, listing(...files(3))), { kind: 'lost', seen: 3 });
  });

  it('goes on from memory without reading', () => {
    assert.deepEqual(
      course(
        succeed(7, 'memory'),
        { saw: 'won' },
        { saw: 'done' },
        listing(...files(8)),
        { saw: 'done' },
        listing(...files(8)),
      ),
      ['claim', 'fence', 'list', 'open', 'list', 'serve'],
    );
  });

  it('acknowledges nothing when the disk refuses', () => {
    const storage = (during: 'fence' | 'open' | 'append') => ({
      kind: 'storage',
      epoch: 2,
      during,
    });
    const failed: Observation<Base> = { saw: 'failed' };
    const base = 'state';
    assert.deepEqual(ending({ kind: 'fencing', epoch: 2 }, failed), storage('fence'));
    assert.deepEqual(ending({ kind: 'recovering', epoch: 2 }, failed), storage('open'));
    assert.deepEqual(ending({ kind: 'opening', epoch: 2, base }, failed), storage('open'));
    assert.deepEqual(ending({ kind: 'appending', epoch: 2 }, failed), storage('append'));
  });
});

describe('a batch', () => {
  it('is appended, checked, answered', () => {
    const first = advance<Base>({ kind: 'serving', epoch: 3 }, { saw: 'batch' });
    assert.deepEqual(course(first, { saw: 'done' }, listing(...files(3))), [
      'append',
      'list',
      'answer',
    ]);
  });

  it('is not answered once a higher number exists', () => {
    const checking: Phase<Base> = { kind: 'checking', epoch: 3 };
    assert.deepEqual(ending(checking, listing(...files(3), { kind: 'lock', epoch: 4 })), {
      kind: 'superseded',
      seen: 4,
    });
  });

  it('is not answered when own files are gone', () => {
    const checking: Phase<Base> = { kind: 'checking', epoch: 3 };
    for (const missing of files(3).slice(0, 3)) {
      const left = files(3).filter((file) => JSON.stringify(file) !== JSON.stringify(missing));
      assert.deepEqual(ending(checking, listing(...left)), { kind: 'damaged', epoch: 3 });
    }
  });
});

describe('the machine', () => {
  it('refuses observations that do not fit, and steps after the end', () => {
    const fits: readonly Phase<Base>[] = [
      { kind: 'listing', seen: 0 },
      { kind: 'probing', below: 1 },
      { kind: 'checkingVersion', below: 1 },
      { kind: 'claiming', epoch: 1 },
      { kind: 'fencing', epoch: 1 },
      { kind: 'confirming', epoch: 1 },
      { kind: 'recovering', epoch: 1 },
      { kind: 'opening', epoch: 1, base: '' },
      { kind: 'confirmingOpen', epoch: 1, base: '' },
      { kind: 'appending', epoch: 1 },
      { kind: 'checking', epoch: 1 },
    ];
    for (const phase of fits) {
      assert.throws(() => advance(phase, { saw: 'batch' }), /was observed in phase/);
    }
    assert.throws(() => advance<Base>({ kind: 'serving', epoch: 1 }, { saw: 'won' }));
    assert.throws(() => advance<Base>({ kind: 'ended' }, { saw: 'batch' }), /no further step/);
  });

  it('checks nothing, and reads before it is fenced, when a rule is switched off', () => {
    const careless = { check: false, journalsBeforeReading: true };
    const superseded = listing(...files(1), ...files(2));
    const step = advance<Base>({ kind: 'checking', epoch: 1 }, superseded, careless);
    assert.equal(step.action.do, 'answer');
    const hasty = { check: true, journalsBeforeReading: false };
    const claimed = advance<Base>({ kind: 'claiming', epoch: 1 }, { saw: 'won' }, hasty);
    assert.equal(claimed.action.do, 'recover');
    assert.equal(advance(claimed.phase, recovered, hasty).action.do, 'fence');
  });

  it('knows its own files in a listing', () => {
    const list = (...found: readonly EpochFile[]): Listing => ({
      files: found,
      highest: Math.max(0, ...found.map(({ epoch }) => epoch)),
      claims: [],
    });
    assert.equal(check(list(...files(2), ...files(1)), 2), 'mine');
    assert.equal(check(list(...files(2)), 1), 'superseded');
    assert.equal(check(list(), 1), 'damaged');
    assert.equal(hasLock(files(2), 2), true);
    assert.equal(hasLock(files(2), 3), false);
  });
});
