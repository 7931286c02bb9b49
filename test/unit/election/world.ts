/**
 * The world of the exploration as plain data: one folder, a few processes, a few clients, and how
 * many faults may still happen. Everything is immutable; a micro-step makes a new world.
 */
import type { CopyName } from '../../../src/core/log/replay';
import type { ElectionRules, Phase, Step } from '../../../src/core/election/types';

/** What a leader keeps: how many commits, and which port each client has (0 for none). */
export interface Memory {
  readonly seq: number;
  readonly ports: readonly number[];
}

/** The content of a file in the short notation of `content.ts`; null when there is no file. */
export type Text = string | null;

/** Everything in the folder with one number in its name. */
export interface EpochFiles {
  /** Absent, or of which version its writer is. */
  readonly lock: null | 'old' | 'new';
  readonly a: Text;
  readonly b: Text;
  readonly main: Text;
  readonly bak: Text;
}

export const NO_FILES: EpochFiles = { lock: null, a: null, b: null, main: null, bak: null };

export interface FileRef {
  readonly epoch: number;
  readonly copy: CopyName;
}

/** How far a recovery has come: the driver reads four copies in parallel, then judges. */
export interface Scan {
  /** Epochs still to be read, the one that is being read first. */
  readonly below: readonly number[];
  readonly got: Readonly<Partial<Record<CopyName, Text>>>;
  readonly damaged: readonly FileRef[];
}

/** What of the machine's current action is still to be done. */
export type Work =
  | { readonly kind: 'whole' }
  | { readonly kind: 'writes'; readonly left: readonly CopyName[]; readonly failed: boolean }
  | { readonly kind: 'scan'; readonly scan: Scan };

export interface Candidacy {
  readonly at: 'candidacy';
  readonly step: Step<Memory>;
  readonly work: Work;
  /** Both own journals were created. */
  readonly fenced: boolean;
  /** Damaged copies, to be moved aside once the own epoch has opened. */
  readonly damaged: readonly FileRef[];
  /** What a leader would go on from if the disk refused this attempt; kept where it may. */
  readonly from: Memory | null;
}

export interface Commit {
  readonly at: 'committing';
  readonly step: Step<Memory>;
  readonly work: Work;
  readonly memory: Memory;
  readonly draft: Memory;
  readonly client: number;
  readonly request: number;
  readonly answered: boolean;
}

export type Doing =
  /** Follows, or has not looked yet; may stand at any time. */
  | { readonly at: 'idle' }
  | { readonly at: 'gone' }
  | Candidacy
  /** The disk refused: an own number is left behind. */
  | {
      readonly at: 'refused';
      readonly epoch: number;
      readonly left: readonly ('a' | 'b')[];
      readonly from: Memory | null;
    }
  | {
      readonly at: 'tidying';
      readonly phase: Phase<Memory>;
      readonly epoch: number;
      readonly memory: Memory;
      readonly damaged: readonly FileRef[];
    }
  | {
      readonly at: 'leading';
      readonly phase: Phase<Memory>;
      readonly epoch: number;
      readonly memory: Memory;
    }
  | Commit;

/** A checkpoint on its way to the disk; it may outlive the leadership that began it. */
export interface Checkpoint {
  readonly epoch: number;
  readonly memory: Memory;
  readonly next: 'bak' | 'main';
}

export interface Process {
  readonly doing: Doing;
  /** The highest number this process ever saw. */
  readonly seen: number;
  /** The number whose lock names the socket it listens on; 0 when it does not listen. */
  readonly socket: number;
  readonly checkpoint: Checkpoint | null;
  /** An older version: it cannot read what the others write. */
  readonly old: boolean;
}

export type Request = 'grant' | 'release';

export interface Client {
  /** Index of the request it waits for or will make next. */
  readonly at: number;
  /** Some leader took that request, so that its effect may be anywhere. */
  readonly asked: boolean;
  /** The port it uses: from the answer to a grant until it asks for the release. */
  readonly port: number;
}

/** How often each fault, and each thing a leader does by itself, may still happen. */
export interface Budget {
  readonly crashes: number;
  readonly suspicions: number;
  readonly deletedLocks: number;
  readonly damages: number;
  readonly failures: number;
  readonly rotations: number;
  readonly checkpoints: number;
}

export interface World {
  /** Index 0 is epoch 1. */
  readonly files: readonly EpochFiles[];
  readonly processes: readonly Process[];
  readonly clients: readonly Client[];
  readonly budget: Budget;
}

/**
 * What makes this model another than the product; each must be found out. Those that the driver
 * alone decides, not the machine, are also gone by the production driver in `driver.test.ts`.
 */
export interface Variant {
  readonly rules: ElectionRules;
  /** Journal b is created and never written. */
  readonly oneJournal: boolean;
  /** The answer does not wait for the second journal. */
  readonly answerAfterFirst: boolean;
  /** A journal of that name that is there already is taken over. */
  readonly sharedJournals: boolean;
  /** A copy that cannot be read counts as absent. */
  readonly readErrorIsAbsent: boolean;
  /** A leader to whom the disk refused its next journals goes on from memory all the same. */
  readonly memoryAfterFence: boolean;
  /** Who could not open a number removes its journals. */
  readonly removesAbandoned: boolean;
}

export interface Setup extends Variant {
  readonly processes: number;
  /** The highest number that may be claimed; who would need a higher one takes no further step. */
  readonly epochs: number;
  /** The requests of each client, in order. */
  readonly clients: readonly (readonly Request[])[];
  readonly budget: Budget;
  /** Which of the machine's actions the disk may refuse; all when absent. */
  readonly failing?: readonly Failing[];
  /** How many of the processes are of an older version. */
  readonly old: number;
  /** The first process leads epoch 1 already. */
  readonly led?: boolean;
  /** Only whether a port is held by two; a lost answer alone is let pass. */
  readonly portsOnly?: boolean;
}

export type Failing = 'fence' | 'recover' | 'open' | 'append';

/** Whether the disk may refuse now. */
export function mayFail({ failing }: Setup, world: World, action: Failing): boolean {
  return world.budget.failures > 0 && (failing?.includes(action) ?? true);
}

export interface Next {
  readonly label: string;
  readonly world: World;
  /** A promise that this very step breaks. */
  readonly violation?: string;
}

const NOTHING: Budget = {
  crashes: 0,
  suspicions: 0,
  deletedLocks: 0,
  damages: 0,
  failures: 0,
  rotations: 0,
  checkpoints: 0,
};

export const THE_PRODUCT: Variant = {
  rules: { check: true, journalsBeforeReading: true },
  oneJournal: false,
  answerAfterFirst: false,
  sharedJournals: false,
  readErrorIsAbsent: false,
  memoryAfterFence: false,
  removesAbandoned: false,
};

export function setup(
  parts: Pick<Setup, 'processes' | 'epochs' | 'clients'> & {
    readonly budget: Partial<Budget>;
    readonly failing?: readonly Failing[];
    readonly old?: number;
    readonly led?: boolean;
    readonly portsOnly?: boolean;
  },
  variant: Partial<Variant> = {},
): Setup {
  const budget = { ...NOTHING, ...parts.budget };
  return { ...THE_PRODUCT, ...variant, old: 0, ...parts, budget };
}

export function spend(world: World, what: keyof Budget): World {
  return { ...world, budget: { ...world.budget, [what]: world.budget[what] - 1 } };
}

export function withProcess(world: World, who: number, changes: Partial<Process>): World {
  const processes = world.processes.slice();
  processes[who] = { ...processOf(world, who), ...changes };
  return { ...world, processes };
}

export function processOf(world: World, who: number): Process {
  const process = world.processes[who];
  if (process === undefined) {
    throw new Error(`There is no process ${who}.`);
  }
  return process;
}

export function filesOf(world: World, epoch: number): EpochFiles {
  return world.files[epoch - 1] ?? NO_FILES;
}

export function withFiles(world: World, epoch: number, changes: Partial<EpochFiles>): World {
  const files = world.files.slice();
  files[epoch - 1] = { ...filesOf(world, epoch), ...changes };
  return { ...world, files };
}

/** A write to a journal by its handle: when the name is gone, it goes nowhere that counts. */
export function appended(world: World, file: FileRef, text: string): World {
  const before = filesOf(world, file.epoch)[file.copy];
  return before === null ? world : withFiles(world, file.epoch, { [file.copy]: before + text });
}
