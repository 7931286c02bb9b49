/**
 * How a process becomes leader, stays it and answers, as data: a phase and an observation give the
 * next phase and the one thing to do next. No I/O and no time, so that every interleaving can be
 * explored; `coordinator/election` does what the machine says on the real machine.
 *
 * Why it is safe: a number is claimed once, so one process at most owns N. A leader answers only
 * after a listing that shows no name above N (CHECK), taken after the commit was on disk. The
 * next leader creates its lock and journals first and reads second, so it reads that commit.
 */
import {
  SAFE_RULES,
  type Action,
  type ElectionRules,
  type Ending,
  type Observation,
  type Phase,
  type Step,
} from './types';
import type { EpochFile, Listing } from '../host/interfaces';

/** Starts a candidacy. `seen` is the highest epoch this process ever saw, 0 for none. */
export function stand<Base>(seen: number): Step<Base> {
  return { phase: { kind: 'listing', seen }, action: { do: 'list' } };
}

/**
 * A leader takes the next number itself: rotation, missing own files, a disk that has room again.
 * Memory may be the base only because every number since the last answer was its own.
 */
export function succeed<Base>(epoch: number, memory: Base): Step<Base> {
  const next = epoch + 1;
  return {
    phase: { kind: 'claiming', epoch: next, memory },
    action: { do: 'claim', epoch: next },
  };
}

/** CHECK: what one listing says to the owner of `epoch`. */
export function check(listing: Listing, epoch: number): 'mine' | 'superseded' | 'damaged' {
  if (listing.highest > epoch) {
    return 'superseded';
  }
  const own = listing.files.filter((file) => file.epoch === epoch && file.kind !== 'checkpoint');
  return own.length === 3 ? 'mine' : 'damaged';
}

/** Whether a listing has the lock of an epoch. */
export function hasLock(files: readonly EpochFile[], epoch: number): boolean {
  return files.some((file) => file.kind === 'lock' && file.epoch === epoch);
}

/** The transition function; an observation that does not fit the phase is a bug and throws. */
export function advance<Base>(
  phase: Phase<Base>,
  observation: Observation<Base>,
  rules: ElectionRules = SAFE_RULES,
): Step<Base> {
  switch (phase.kind) {
    case 'listing':
      return listed(phase.seen, expectListing(phase, observation));
    case 'probing':
      if (observation.saw === 'alive') {
        return end({ kind: 'follow', epoch: phase.below });
      }
      return expect(phase, observation, 'dead', checkVersion(phase.below));
    case 'checkingVersion':
      if (observation.saw === 'newer') {
        return end({ kind: 'newer', epoch: phase.below });
      }
      return expect(phase, observation, 'readable', claim(phase.below + 1));
    case 'claiming':
      if (observation.saw === 'lost') {
        return end({ kind: 'lost', seen: phase.epoch });
      }
      return expect(phase, observation, 'won', claimed(phase.epoch, phase.memory, rules));
    case 'fencing':
      return fenced(phase, observation);
    case 'confirming':
      return confirmed(phase, expectListing(phase, observation));
    case 'recovering':
      return recovered(phase, observation, rules);
    case 'opening':
      if (observation.saw === 'failed') {
        return end({ kind: 'storage', epoch: phase.epoch, during: 'open' });
      }
      return expect(phase, observation, 'done', {
        phase: { kind: 'confirmingOpen', epoch: phase.epoch, base: phase.base },
        action: { do: 'list' },
      });
    case 'confirmingOpen':
      return checked(phase.epoch, expectListing(phase, observation), rules, {
        do: 'serve',
        epoch: phase.epoch,
        base: phase.base,
      });
    case 'serving':
      return expect(phase, observation, 'batch', {
        phase: { kind: 'appending', epoch: phase.epoch },
        action: { do: 'append', epoch: phase.epoch },
      });
    case 'appending':
      if (observation.saw === 'failed') {
        return end({ kind: 'storage', epoch: phase.epoch, during: 'append' });
      }
      return expect(phase, observation, 'done', {
        phase: { kind: 'checking', epoch: phase.epoch },
        action: { do: 'list' },
      });
    case 'checking':
      return checked(phase.epoch, expectListing(phase, observation), rules, {
        do: 'answer',
        epoch: phase.epoch,
      });
    case 'ended':
      throw new Error('An ended leadership takes no further step.');
  }
}

function listed<Base>(seen: number, listing: Listing): Step<Base> {
  const below = Math.max(seen, listing.highest);
  return hasLock(listing.files, below)
    ? { phase: { kind: 'probing', below }, action: { do: 'probe', epoch: below } }
    : checkVersion(below);
}

function checkVersion<Base>(below: number): Step<Base> {
  return {
    phase: { kind: 'checkingVersion', below },
    action: { do: 'checkVersion', epoch: below },
  };
}

function claim<Base>(epoch: number): Step<Base> {
  return { phase: { kind: 'claiming', epoch }, action: { do: 'claim', epoch } };
}

function claimed<Base>(epoch: number, memory: Base | undefined, rules: ElectionRules): Step<Base> {
  if (!rules.journalsBeforeReading && memory === undefined) {
    return { phase: { kind: 'recovering', epoch }, action: { do: 'recover', epoch } };
  }
  return fence(epoch, memory);
}

function fence<Base>(epoch: number, base: Base | undefined): Step<Base> {
  return {
    phase: { kind: 'fencing', epoch, ...(base === undefined ? {} : { base }) },
    action: { do: 'fence', epoch },
  };
}

function fenced<Base>(
  phase: Extract<Phase<Base>, { kind: 'fencing' }>,
  observation: Observation<Base>,
): Step<Base> {
  if (observation.saw === 'lost') {
    return end({ kind: 'lost', seen: phase.epoch });
  }
  if (observation.saw === 'failed') {
    return end({ kind: 'storage', epoch: phase.epoch, during: 'fence' });
  }
  return expect(phase, observation, 'done', {
    phase: { ...phase, kind: 'confirming' },
    action: { do: 'list' },
  });
}

function confirmed<Base>(
  phase: Extract<Phase<Base>, { kind: 'confirming' }>,
  listing: Listing,
): Step<Base> {
  const { epoch, base } = phase;
  if (listing.highest > epoch) {
    return end({ kind: 'lost', seen: listing.highest });
  }
  return base === undefined
    ? { phase: { kind: 'recovering', epoch }, action: { do: 'recover', epoch } }
    : { phase: { kind: 'opening', epoch, base }, action: { do: 'open', epoch, base } };
}

function recovered<Base>(
  phase: Extract<Phase<Base>, { kind: 'recovering' }>,
  observation: Observation<Base>,
  rules: ElectionRules,
): Step<Base> {
  const { epoch } = phase;
  if (observation.saw === 'failed') {
    return end({ kind: 'storage', epoch, during: 'open' });
  }
  if (observation.saw !== 'recovered') {
    throw unexpected(phase, observation);
  }
  const { recovery } = observation;
  if (recovery.kind === 'newer') {
    return end({ kind: 'newer', epoch });
  }
  const { base } = recovery;
  return rules.journalsBeforeReading
    ? { phase: { kind: 'opening', epoch, base }, action: { do: 'open', epoch, base } }
    : fence(epoch, base);
}

function checked<Base>(
  epoch: number,
  listing: Listing,
  rules: ElectionRules,
  then: Extract<Action<Base>, { do: 'serve' | 'answer' }>,
): Step<Base> {
  const verdict = rules.check ? check(listing, epoch) : 'mine';
  switch (verdict) {
    case 'superseded':
      return end({ kind: 'superseded', seen: listing.highest });
    case 'damaged':
      return end({ kind: 'damaged', epoch });
    case 'mine':
      return { phase: { kind: 'serving', epoch }, action: then };
  }
}

function end<Base>(why: Ending): Step<Base> {
  return { phase: { kind: 'ended' }, action: { do: 'end', why } };
}

function expect<Base>(
  phase: Phase<Base>,
  observation: Observation<Base>,
  saw: Observation<Base>['saw'],
  then: Step<Base>,
): Step<Base> {
  if (observation.saw !== saw) {
    throw unexpected(phase, observation);
  }
  return then;
}

function expectListing<Base>(phase: Phase<Base>, observation: Observation<Base>): Listing {
  if (observation.saw !== 'listing') {
    throw unexpected(phase, observation);
  }
  return observation.listing;
}

function unexpected<Base>(phase: Phase<Base>, observation: Observation<Base>): Error {
  return new Error(`Leadership: "${observation.saw}" was observed in phase "${phase.kind}".`);
}
