import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pairsOf } from '../../../../src/core/domain/model';
import type { GitPlace } from '../../../../src/core/host/interfaces';
import {
  ownershipOf,
  START_TOLERANCE_MS,
  type OwnershipFacts,
} from '../../../../src/core/health/ownership';
import { allocation, NOW } from './facts';

/** Few enough that nested, equal and unrelated folders meet all the time. */
const FOLDERS = ['/', '/w', '/w/a', '/w/a/b', '/w/a/b/c', '/w/ab', '/v'] as const;

const folder = fc.constantFrom(...FOLDERS);
const time = fc.integer({ min: NOW - 100_000, max: NOW + 100_000 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const git: fc.Arbitrary<GitPlace> = fc.oneof(
  fc.constant({ kind: 'none' as const }),
  fc.constant({ kind: 'unknown' as const }),
  fc.record({
    kind: fc.constant('worktree' as const),
    root: folder,
    repository: fc.constantFrom('/w/.git', '/v/.git'),
  }),
);

/** Whatever was looked up, consistent or not: folders change while they are looked at. */
const facts = fc
  .record({
    workspace: folder,
    sharedWith: maybe(folder),
    allocatedAt: time,
    pid: maybe(fc.constant(7)),
    cwd: maybe(folder),
    startedAt: maybe(time),
    command: maybe(fc.constantFrom('node server.js', '/usr/bin/docker-proxy -proto tcp')),
    place: maybe(
      fc.record({
        workspace: folder,
        because: fc.constantFrom(...(['open', 'plan', 'git', 'folder'] as const)),
      }),
    ),
    known: fc.uniqueArray(folder),
    git: fc.uniqueArray(fc.tuple(folder, git), { selector: ([at]) => at }),
  })
  .map(({ workspace, sharedWith, allocatedAt, place, known, git, ...told }): OwnershipFacts => {
    const process = Object.fromEntries(
      Object.entries(told).filter(([, value]) => value !== undefined),
    );
    const holder = { participant: 'w', kind: 'window', label: 'w', pid: 1, since: 1 } as const;
    const shared =
      sharedWith === undefined
        ? {}
        : { group: 'ai', holders: [{ ...holder, workspace: sharedWith, service: 'rag' }] };
    return {
      allocation: allocation({ workspace, allocatedAt, ...shared }),
      process,
      ...(place === undefined ? {} : { place }),
      known: new Set(known),
      git: new Map(git),
      now: NOW,
    };
  });

const isIntruder = (each: OwnershipFacts): boolean =>
  ['sibling', 'stranger'].includes(ownershipOf(each).kind);

const own = ({ allocation }: OwnershipFacts): readonly string[] =>
  pairsOf(allocation).map(({ workspace }) => workspace);

/** Holds for every intruder; and intruders have to be met, or nothing was shown. */
function forIntruders(holds: (each: OwnershipFacts) => void): void {
  let met = 0;
  fc.assert(
    fc.property(facts, (each) => {
      if (isIntruder(each)) {
        met += 1;
        holds(each);
      }
    }),
    { numRuns: 6_000 },
  );
  assert.ok(met > 20, `only ${met} intruders`);
}

describe('whose a listener is, whatever was looked up', () => {
  it('an unknown owner is nobody’s conflict', () => {
    forIntruders(({ process, place }) => {
      assert.ok(process?.cwd !== undefined && place !== undefined);
    });
  });

  it('a program that listens for containers is nobody’s conflict', () => {
    forIntruders(({ process }) => assert.doesNotMatch(process?.command ?? '', /docker-proxy/));
  });

  it('the own workspace is never a conflict', () => {
    forIntruders((each) => assert.ok(!own(each).includes(each.place?.workspace ?? '')));
  });

  it('the own worktree is never a conflict', () => {
    forIntruders((each) => {
      const theirs = each.git.get(each.process?.cwd ?? '');
      const ours = own(each).map((workspace) => each.git.get(workspace));
      assert.ok(
        theirs?.kind !== 'worktree' ||
          ours.every((place) => place?.kind !== 'worktree' || place.root !== theirs.root),
      );
    });
  });

  it('there is no conflict without git’s word, whatever else was found', () => {
    forIntruders((each) => {
      assert.ok(!isIntruder({ ...each, git: new Map() }));
      const blind: GitPlace = { kind: 'unknown' };
      assert.ok(!isIntruder({ ...each, git: new Map(FOLDERS.map((at) => [at, blind])) }));
    });
  });

  it('a process of no workspace is a conflict only if it was there before', () => {
    forIntruders((each) => {
      const found = ownershipOf(each);
      if (found.kind === 'stranger' && found.workspace === undefined) {
        const { allocatedAt } = each.allocation;
        const startedAt = each.process?.startedAt ?? Number.NaN;
        assert.ok(startedAt + START_TOLERANCE_MS < allocatedAt);
        assert.ok(allocatedAt <= NOW + START_TOLERANCE_MS);
      }
    });
  });

  it('a conflict names another workspace than the own, and the one it was found to be of', () => {
    forIntruders((each) => {
      const found = ownershipOf(each);
      if (found.kind === 'sibling' || (found.kind === 'stranger' && found.workspace)) {
        assert.equal(found.workspace, each.place?.workspace);
        assert.ok(!own(each).includes(found.workspace ?? ''));
      }
    });
  });

  it('the owner of a workspace does not depend on when the process started', () => {
    forIntruders((each) => {
      const found = ownershipOf(each);
      const { startedAt, ...process } = each.process ?? {};
      if (found.kind === 'sibling') {
        assert.deepEqual(ownershipOf({ ...each, process }), found);
        const other = { ...process, startedAt: (startedAt ?? 0) + 1_000_000 };
        assert.deepEqual(ownershipOf({ ...each, process: other }), found);
      }
    });
  });
});
