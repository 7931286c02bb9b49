/** What is explored: each configuration is small enough to be visited whole. */
import { setup, type Setup } from './world';

const GRANT = ['grant'] as const;
const BOTH = ['grant', 'release'] as const;

export interface Configuration {
  readonly what: string;
  readonly setup: Setup;
  /** What must have been reached, or the proof would be about less than it says. */
  readonly reaches: readonly string[];
}

/** The configurations of every run. */
export const CONFIGURATIONS: readonly Configuration[] = [
  {
    what: 'three processes, three epochs, a crash, a wrong suspicion',
    setup: setup({
      processes: 3,
      epochs: 3,
      clients: [GRANT, GRANT],
      budget: { crashes: 1, suspicions: 1 },
    }),
    reaches: ['answers in 3', 'confirmingOpen: superseded', 'checking: superseded', 'torn write'],
  },
  {
    what: 'a port that is released and given again, two wrong suspicions',
    setup: setup({
      processes: 2,
      epochs: 3,
      clients: [BOTH, GRANT],
      budget: { suspicions: 2 },
    }),
    reaches: ['answers in 3', 'checking: superseded'],
  },
  {
    what: 'a lock that somebody deletes, a rotation, a wrong suspicion',
    setup: setup({
      processes: 2,
      epochs: 3,
      clients: [GRANT],
      budget: { deletedLocks: 1, rotations: 1, suspicions: 1 },
    }),
    reaches: ['answers in 3', 'fencing: lost', 'checking: damaged', 'goes on from memory'],
  },
  {
    what: 'one file damaged, cut or deleted at any moment, a wrong suspicion',
    setup: setup({
      processes: 2,
      epochs: 2,
      clients: [GRANT, GRANT],
      budget: { damages: 1, suspicions: 1 },
    }),
    reaches: ['answers in 2', 'confirmingOpen: damaged', 'checking: damaged', 'suspect'],
  },
  {
    what: 'a disk that refuses once, a wrong suspicion',
    setup: setup({
      processes: 2,
      epochs: 3,
      clients: [GRANT],
      budget: { failures: 1, suspicions: 1 },
    }),
    reaches: [
      'answers in 3',
      'fencing: storage',
      'recovering: storage',
      'opening: storage',
      'appending: storage',
      'goes on from memory',
    ],
  },
  {
    what: 'a checkpoint under way, a crash, a wrong suspicion',
    setup: setup({
      processes: 2,
      epochs: 2,
      clients: [GRANT, GRANT],
      budget: { checkpoints: 1, crashes: 1, suspicions: 1 },
    }),
    reaches: ['answers in 2', 'torn write'],
  },
  {
    what: 'an older version beside a newer one, a deleted lock',
    setup: setup({
      processes: 2,
      epochs: 3,
      clients: [GRANT],
      old: 1,
      budget: { deletedLocks: 1 },
    }),
    reaches: ['answers in 3', 'checkingVersion: newer', 'recovering: newer'],
  },
];

/** The wider ones, for the run that has minutes. */
export const WIDE_CONFIGURATIONS: readonly Configuration[] = [
  {
    what: 'three processes, three epochs, a release, a crash, a wrong suspicion',
    setup: setup({
      processes: 3,
      epochs: 3,
      clients: [BOTH, GRANT],
      budget: { crashes: 1, suspicions: 1 },
    }),
    reaches: ['answers in 3', 'torn write'],
  },
  {
    what: 'three processes, two epochs, a lock that somebody deletes, a wrong suspicion',
    setup: setup({
      processes: 3,
      epochs: 2,
      clients: [GRANT, GRANT],
      budget: { deletedLocks: 1, suspicions: 1 },
    }),
    reaches: ['answers in 2', 'fencing: lost'],
  },
  {
    what: 'a leader and two more, three epochs, a lock that somebody deletes, a wrong suspicion',
    setup: setup({
      processes: 3,
      epochs: 3,
      clients: [GRANT],
      led: true,
      budget: { deletedLocks: 1, suspicions: 1 },
    }),
    reaches: ['answers in 3', 'fencing: lost'],
  },
  {
    what: 'two requests, a lock that somebody deletes, a rotation, a wrong suspicion',
    setup: setup({
      processes: 2,
      epochs: 3,
      clients: [GRANT, GRANT],
      budget: { deletedLocks: 1, rotations: 1, suspicions: 1 },
    }),
    reaches: ['answers in 3', 'goes on from memory'],
  },
  {
    what: 'a disk that refuses once, a deleted lock, a rotation, a wrong suspicion',
    setup: setup({
      processes: 2,
      epochs: 3,
      clients: [GRANT],
      budget: { failures: 1, deletedLocks: 1, rotations: 1, suspicions: 1 },
    }),
    reaches: ['answers in 3', 'goes on from memory again', 'fencing: lost'],
  },
  {
    what: 'one damaged file, a checkpoint under way, a crash, a wrong suspicion',
    setup: setup({
      processes: 2,
      epochs: 2,
      clients: [GRANT, GRANT],
      budget: { damages: 1, checkpoints: 1, crashes: 1, suspicions: 1 },
    }),
    reaches: ['answers in 2', 'torn write', 'suspect'],
  },
];

/** Every phase of the machine that observes something, and every way a leadership ends. */
export const EVERYTHING: readonly string[] = [
  'listing',
  'probing',
  'probing: follow',
  'checkingVersion',
  'checkingVersion: newer',
  'claiming',
  'claiming: lost',
  'fencing',
  'fencing: lost',
  'fencing: storage',
  'confirming',
  'confirming: lost',
  'recovering',
  'recovering: newer',
  'recovering: storage',
  'opening',
  'opening: storage',
  'confirmingOpen',
  'confirmingOpen: superseded',
  'confirmingOpen: damaged',
  'serving',
  'appending',
  'appending: storage',
  'checking',
  'checking: superseded',
  'checking: damaged',
];

export interface Control {
  readonly what: string;
  /** One rule off. */
  readonly broken: Setup;
  /** The same with all rules kept. */
  readonly kept: Setup;
}

function control(what: string, parts: Parameters<typeof setup>[0], off: object): Control {
  return { what, broken: setup(parts, off), kept: setup(parts) };
}

/** Each with the least that it takes. */
export const CONTROLS: readonly Control[] = [
  control(
    'answers are given without CHECK',
    { processes: 2, epochs: 2, clients: [GRANT, GRANT], budget: { suspicions: 1 } },
    { rules: { check: false, journalsBeforeReading: true } },
  ),
  control(
    'answers are given without CHECK, until a port is held by two',
    {
      processes: 2,
      epochs: 2,
      clients: [GRANT, GRANT],
      portsOnly: true,
      budget: { suspicions: 1 },
    },
    { rules: { check: false, journalsBeforeReading: true } },
  ),
  control(
    'the epoch below is read before the own journals are created',
    { processes: 2, epochs: 2, clients: [GRANT], budget: { suspicions: 1, deletedLocks: 1 } },
    { rules: { check: true, journalsBeforeReading: false } },
  ),
  control(
    'a journal that is there already is taken over',
    { processes: 2, epochs: 2, clients: [GRANT], budget: { suspicions: 1, deletedLocks: 1 } },
    { sharedJournals: true },
  ),
  control(
    'there is one journal only',
    { processes: 1, epochs: 1, clients: [GRANT], budget: { damages: 1 } },
    { oneJournal: true },
  ),
  control(
    'the answer waits for the first journal only',
    { processes: 1, epochs: 1, clients: [GRANT], budget: { damages: 1 } },
    { answerAfterFirst: true },
  ),
  control(
    'a journal that cannot be read counts as none',
    {
      processes: 2,
      epochs: 2,
      clients: [GRANT],
      failing: ['recover'],
      budget: { suspicions: 1, failures: 2 },
    },
    { readErrorIsAbsent: true },
  ),
  control(
    'a leader goes on from memory although it could not create its next journals',
    {
      processes: 2,
      epochs: 3,
      clients: [GRANT],
      failing: ['fence'],
      led: true,
      budget: { suspicions: 1, failures: 1, deletedLocks: 1, rotations: 1 },
    },
    { memoryAfterFence: true },
  ),
];

/** For the run that has minutes. */
export const WIDE_CONTROLS: readonly Control[] = [
  control(
    'who could not open a number removes its journals, so that it can be claimed again',
    {
      processes: 2,
      epochs: 3,
      clients: [GRANT],
      failing: ['open'],
      led: true,
      budget: { suspicions: 1, failures: 1, deletedLocks: 1, rotations: 1 },
    },
    { removesAbandoned: true },
  ),
];
