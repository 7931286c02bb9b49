/**
 * Elections as texts that can be read: each line is one step of one process, and what came of it.
 *
 *     ann: claims 1 -> won
 *
 * What stands before the arrow is done, with the production driver on a folder in memory: a process
 * takes a step only when its line says so. What stands behind it is compared. `README.md` beside the
 * texts explains them.
 */
import {
  type CandidacyOutcome,
  claimNextEpoch,
  type EpochLog,
  runForLeader,
} from '../../../src/coordinator/election/candidate';
import type { Base, CommitOutcome, LogTools } from '../../../src/coordinator/log/commit';
import { StyxyError } from '../../../src/core/domain/errors';
import type { Ending } from '../../../src/core/election/types';
import type { EpochFolder, LockRecord } from '../../../src/core/host/interfaces';
import { apply } from '../../../src/core/state/apply';
import { listAllocations, type State } from '../../../src/core/state/state';
import { sha256 } from '../../../src/platform/fs/runtime';
import { SlowClock } from '../../support/world/clocks';
import { grantOf, LOCK_RECORD, SILENT } from '../../support/world/makers';
import { MemoryFolder, type Disk } from '../../support/world/memoryFolder';
import { replacing } from '../../support/world/replacing';
import { settled } from '../../support/world/waiting';

/** A step that a process wants to take, and takes once it may. */
interface Wish {
  readonly what: string;
  take(): Promise<string>;
}

/** Bounds what a line that says `...` is replaced by. */
const MAX_STEPS = 40;

class Process {
  readonly name: string;
  readonly world: World;
  readonly #protocol: number;
  #state: 'running' | 'frozen' | 'dead' = 'running';
  #wishes: Wish[] = [];
  /** Its socket is open: from its candidacy until that, or what it leads, has ended. */
  #listens = false;
  #log: EpochLog | undefined;
  #base: Base | undefined;
  /** What it came to since the last step. */
  #news: string[] = [];
  #seen = 0;

  constructor(name: string, world: World, protocol: number) {
    this.name = name;
    this.world = world;
    this.#protocol = protocol;
  }

  get answers(): boolean {
    return this.#state === 'running' && this.#listens;
  }

  /** What it would do next; parallel steps are one. */
  get next(): string | undefined {
    return this.#wishes.length === 0
      ? undefined
      : [...new Set(this.#wishes.map(({ what }) => what))].join(', ');
  }

  async command(what: string): Promise<string> {
    const [, service = '', port] = /^is asked for (\w+) (\d+)$/.exec(what) ?? [];
    if (what === 'runs for leader') {
      this.#follow(runForLeader(this.#tools(), this.#seen));
    } else if (what === 'begins the next epoch') {
      this.#follow(claimNextEpoch(this.#tools(), this.#seen, this.#memory()));
    } else if (port !== undefined) {
      this.#commit(service, Number(port));
    } else if (what === 'freezes' || what === 'wakes') {
      this.#state = what === 'freezes' ? 'frozen' : 'running';
    } else if (what === 'is killed') {
      this.#state = 'dead';
      this.#wishes = [];
    } else if (this.#state !== 'running') {
      return `(${this.name} is ${this.#state})`;
    } else if (what !== this.next) {
      return `(${this.name} ${this.next === undefined ? 'waits for nothing' : `would: ${this.next}`})`;
    } else {
      return this.#step();
    }
    await settled();
    return this.#told();
  }

  async #step(): Promise<string> {
    const wishes = this.#wishes;
    this.#wishes = [];
    const results = await Promise.all(wishes.map((wish) => wish.take()));
    await settled();
    const result = [...new Set(results)].filter((text) => text !== '').join(' ');
    return [result, this.#told()].filter((text) => text !== '').join('; ');
  }

  #told(): string {
    const told = this.#news.join('; ');
    this.#news = [];
    return told;
  }

  #leading(): EpochLog {
    if (this.#log === undefined) {
      throw new Error(`${this.name} does not lead.`);
    }
    return this.#log;
  }

  #memory(): Base {
    if (this.#base === undefined) {
      throw new Error(`${this.name} has no memory.`);
    }
    return this.#base;
  }

  #follow(running: Promise<CandidacyOutcome>): void {
    this.#listens = true;
    this.#background(running, (candidacy) => {
      if (candidacy.kind === 'ended') {
        this.#ended(candidacy.why);
      } else {
        this.#log = candidacy.epochLog;
        this.#seen = candidacy.epochLog.epoch;
        this.#base = candidacy.base;
        this.#news.push(`LEADS epoch ${this.#log.epoch} with ${grantsIn(candidacy.base.state)}`);
      }
    });
  }

  #commit(service: string, port: number): void {
    const event = grantOf({ service, port });
    const log = this.#leading();
    const state = apply(this.#memory().state, event);
    this.#background<CommitOutcome>(log.commit([event]), (outcome) => {
      if (outcome.kind === 'ended') {
        this.#ended(outcome.why);
      } else {
        this.#base = { state, seq: log.seq };
        this.#news.push(`ANSWERS ${service} ${port}`);
      }
    });
  }

  #background<T>(running: Promise<T>, then: (value: T) => void): void {
    running.then(then).catch((error: unknown) => this.#news.push(String(error)));
  }

  #ended(why: Ending): void {
    this.#seen = Math.max(this.#seen, 'seen' in why ? why.seen : why.epoch);
    this.#log = undefined;
    this.#listens = false;
    this.#news.push(`ENDS: ${endingText(why)}`);
  }

  #tools(): LogTools {
    const folder = this.#stepwise();
    return {
      folder,
      clock: new SlowClock(),
      log: SILENT,
      digest: sha256,
      probeLeader: (epoch) =>
        this.#wish(`probes the leader of ${epoch}`, async () => {
          const owner = this.world.ownerOf(epoch);
          return owner?.answers === true && owner !== this ? 'alive' : 'dead';
        }),
      nextClaim: async () => this.#record(),
      onRepair: () => undefined,
    };
  }

  #record(): LockRecord {
    return { ...LOCK_RECORD, protocol: this.#protocol, product: this.name };
  }

  #stepwise(): EpochFolder {
    const real = new MemoryFolder(this.world.disk);
    const wish = this.#wish.bind(this);
    const write = <T>(what: string, work: () => Promise<T>, say?: (value: T) => string) =>
      wish(
        what,
        async () => {
          this.world.refuseIfFull();
          return work();
        },
        say,
      );
    return replacing(real, {
      list: () =>
        wish(
          'lists',
          () => real.list(),
          ({ highest }) => `highest ${highest}`,
        ),
      readLock: (epoch) =>
        wish(
          `reads lock ${epoch}`,
          () => real.readLock(epoch),
          (read) =>
            read.kind === 'read' && read.value !== 'unreadable'
              ? `of ${read.value.product}, protocol ${read.value.protocol}`
              : 'absent',
        ),
      // A claim is a second name of a file that is there already: it takes no room.
      claim: (epoch, record) => wish(`claims ${epoch}`, () => real.claim(epoch, record)),
      createJournal: (epoch, copy) =>
        write(
          `creates journal ${epoch}.${copy}`,
          async () => {
            const journal = await real.createJournal(epoch, copy);
            const append = (text: string) =>
              write('writes to its journals', async () => {
                if (journal !== 'lost') {
                  await journal.append(text);
                }
              });
            return journal === 'lost' ? journal : { ...journal, append };
          },
          (journal) => (journal === 'lost' ? 'taken' : 'done'),
        ),
      readJournal: (epoch, copy) =>
        wish(
          `reads epoch ${epoch}`,
          () => real.readJournal(epoch, copy),
          ({ kind }) => (kind === 'absent' ? '' : `journal.${copy}`),
        ),
      readCheckpoint: (epoch, copy) =>
        wish(
          `reads epoch ${epoch}`,
          () => real.readCheckpoint(epoch, copy),
          ({ kind }) => (kind === 'absent' ? '' : { main: 'checkpoint', bak: '.bak' }[copy]),
        ),
      writeCheckpoint: (epoch, content) =>
        write(`writes checkpoint ${epoch}`, () => real.writeCheckpoint(epoch, content)),
    });
  }

  /** Waits until the transcript says that it is done; `say` tells what came of it. */
  #wish<T>(
    what: string,
    work: () => Promise<T>,
    say: (value: T) => string = (value) => (typeof value === 'string' ? value : 'done'),
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const take = async (): Promise<string> => {
        try {
          const value = await work();
          resolve(value);
          return say(value);
        } catch (error) {
          reject(error);
          return error instanceof StyxyError ? error.message : String(error);
        }
      };
      this.#wishes.push({ what, take });
    });
  }
}

class World {
  readonly disk: Disk = new Map();
  readonly #processes = new Map<string, Process>();
  #isFull = false;

  refuseIfFull(): void {
    if (this.#isFull) {
      const details = { errno: 'ENOSPC' };
      throw new StyxyError('storage_unavailable', 'disk full', { details });
    }
  }

  ownerOf(epoch: number): Process | undefined {
    const lock = this.disk.get(`lock.${epoch}.`);
    const { product = '' } = lock === undefined ? {} : (JSON.parse(lock.text) as LockRecord);
    return this.#processes.get(product);
  }

  /** Does one step and answers its lines, as they should stand in the text. */
  async line(line: string): Promise<readonly string[]> {
    const [step = ''] = line.split(' -> ');
    const [, name, what = ''] = /^(\w+): (.*)$/.exec(step.trim()) ?? [];
    if (name === undefined) {
      return [step.trim(), ...this.#change(step.trim())];
    }
    const [, protocol] = /^joins with protocol (\d+)$/.exec(what) ?? [];
    const process =
      (protocol === undefined ? this.#processes.get(name) : undefined) ??
      new Process(name, this, Number(protocol ?? 1));
    this.#processes.set(name, process);
    if (protocol !== undefined) {
      return [`${name}: ${what}`];
    }
    const until = /^\.\.\.(?: until it (.*))?$/.exec(what);
    return until === null ? [await told(process, what)] : this.#many(process, until[1]);
  }

  /** All steps until it waits for nothing, or would take that one. */
  async #many(process: Process, until: string | undefined): Promise<readonly string[]> {
    const lines: string[] = [];
    while (process.next !== undefined && process.next !== until && lines.length < MAX_STEPS) {
      lines.push(await told(process, process.next));
    }
    return lines;
  }

  /** What nobody of them does. */
  #change(what: string): readonly string[] {
    const [, kind = '', epoch, copy] = /^(\w+) (\d+)(?:\.(\w+))? is deleted$/.exec(what) ?? [];
    if (epoch !== undefined) {
      const gone = this.disk.delete(`${kind}.${epoch}.${copy ?? ''}`);
      return gone ? [] : ['(there is none)'];
    }
    switch (what) {
      case 'the disk is full':
      case 'the disk has room':
        this.#isFull = what === 'the disk is full';
        return [];
      default:
        return ['(this step is unknown)'];
    }
  }
}

async function told(process: Process, what: string): Promise<string> {
  const outcome = await process.command(what);
  return `${process.name}: ${what}${outcome === '' ? '' : ` -> ${outcome}`}`;
}

/** The whole text as it should be. Comments and empty lines stay. */
export async function played(text: string): Promise<string> {
  const world = new World();
  const lines: string[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const isStep = line.trim() !== '' && !line.startsWith('#');
    lines.push(...(isStep ? await world.line(line) : [line]));
  }
  return `${lines.join('\n')}\n`;
}

function grantsIn(state: State): string {
  const grants = listAllocations(state).map(({ service, port }) => `${service} ${port}`);
  const what = grants.length === 0 ? 'nothing' : grants.join(', ');
  return state.needsResync ? `${what} (suspect)` : what;
}

function endingText(why: Ending): string {
  switch (why.kind) {
    case 'follow':
      return `${why.epoch} has a leader, follows it`;
    case 'lost':
      return `${why.seen} is somebody else's`;
    case 'superseded':
      return `there is an epoch ${why.seen}, nothing is answered`;
    case 'damaged':
      return `files of ${why.epoch} are missing, nothing is answered`;
    case 'storage':
      return `the disk refuses ${why.epoch} (${why.during}), nothing is answered`;
    case 'newer':
      return `${why.epoch} is of a newer version, may only follow`;
  }
}
