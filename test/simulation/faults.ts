/** What goes wrong in a run, and when; everything is healed when the time for faults is over. */
import type { Disk, Touch } from './disk';
import type { History } from './history';
import type { Machine } from './machine';
import { CONFIG_PATH, HOST_FOLDER } from './participant';
import type { Process, Scheduler } from './scheduler';

/** Who can be hit. */
export interface Victims {
  /** Processes that live. */
  living(): readonly Process[];
  /** Of the one that leads, as far as anybody knows. */
  leader(): Process | undefined;
  kill(process: Process): void;
  /** Everybody, at once. */
  losePower(): void;
  /** Leaves in order. */
  leave(process: Process): void;
  /** Everything that lives asks something that may come late now. */
  delayed(): void;
}

export interface FaultsOptions {
  readonly machine: Machine;
  readonly history: History;
  readonly victims: Victims;
  /** Kinds that do not happen in this run. */
  readonly without: ReadonlySet<string>;
}

type Fault = () => void;

const WRITES: readonly Touch[] = ['write', 'create', 'sync'];
const ALL: readonly Touch[] = ['open', 'create', 'read', 'write', 'sync', 'name'];

export class Faults {
  /** By kind. */
  readonly counts = new Map<string, number>();
  readonly #scheduler: Scheduler;
  readonly #machine: Machine;
  readonly #disk: Disk;
  readonly #history: History;
  readonly #victims: Victims;
  readonly #without: ReadonlySet<string>;
  #damaged = false;
  #configBefore: Buffer | undefined;

  constructor({ machine, history, victims, without }: FaultsOptions) {
    this.#machine = machine;
    this.#scheduler = machine.scheduler;
    this.#disk = machine.disk;
    this.#history = history;
    this.#victims = victims;
    this.#without = without;
  }

  /** Spreads some faults over the time. */
  plan(number: number, ms: number): void {
    const { random } = this.#scheduler;
    for (let index = 0; index < number; index += 1) {
      this.#scheduler.schedule(random.between(0, ms), 'world', undefined, () => this.#strike());
    }
  }

  /** From now on nothing goes wrong. */
  heal(): void {
    this.#disk.refusal = undefined;
    this.#disk.hang = undefined;
    this.#disk.trapMs = undefined;
    this.#machine.network.suspicion = undefined;
    for (const wire of this.#machine.network.wires) {
      wire.hangsUntil = 0;
    }
    for (const process of this.#machine.processes.values()) {
      if (process.frozen && process.alive) {
        this.#scheduler.thaw(process);
      }
    }
    this.#mendConfig();
  }

  #strike(): void {
    const { random } = this.#scheduler;
    const faults: readonly (readonly [weight: number, name: string, fault: Fault])[] = [
      [16, 'kill', () => this.#onSomebody((process) => this.#victims.kill(process))],
      [4, 'leave', () => this.#onSomebody((process) => this.#victims.leave(process))],
      [14, 'freeze', () => this.#onSomebody((process) => this.#freeze(process))],
      [
        4,
        'double freeze',
        () =>
          this.#victims
            .living()
            .slice(0, 2)
            .forEach((each) => this.#freeze(each)),
      ],
      [8, 'cut', () => this.#cut()],
      [6, 'late', () => this.#delay()],
      [7, 'suspicion', () => this.#suspect()],
      [7, 'full disk', () => this.#refuse('ENOSPC', WRITES, random.between(0.3, 1))],
      [6, 'failed write', () => this.#refuse('EIO', WRITES, random.between(0.02, 0.7))],
      [4, 'failed step', () => this.#refuse('EIO', ALL, random.between(0.01, 0.4))],
      [6, 'slow disk', () => this.#slow()],
      [8, 'deleted file', () => this.#deleteFile()],
      [4, 'deleted lock', () => this.#trap()],
      [5, 'damaged file', () => this.#damage()],
      [3, 'stranger', () => this.#intrude()],
      [2, 'edited configuration', () => this.#edit()],
      [2, 'clock', () => this.#jump()],
      [1, 'power loss', () => this.#losePower()],
    ];
    let left = random.below(faults.reduce((sum, [weight]) => sum + weight, 0));
    const struck = faults.find(([weight]) => {
      left -= weight;
      return left < 0;
    });
    if (struck !== undefined) {
      const [, name, fault] = struck;
      if (this.#without.has(name)) {
        return;
      }
      this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
      this.#scheduler.trace(`FAULT ${name}`);
      fault();
    }
  }

  #onSomebody(work: (process: Process) => void): void {
    const { random } = this.#scheduler;
    const leader = random.chance(0.6) ? this.#victims.leader() : undefined;
    const process = leader ?? random.maybe(this.#victims.living());
    if (process !== undefined) {
      this.#scheduler.trace(`  hits ${process.name}`);
      work(process);
    }
  }

  #freeze(process: Process): void {
    const { random } = this.#scheduler;
    if (process.frozen) {
      return;
    }
    const ms = random.chance(0.4) ? random.between(1, 100) : random.between(100, 8000);
    this.#scheduler.freeze(process);
    this.#later(ms, () => {
      if (process.alive && process.frozen) {
        this.#scheduler.trace('thaws', process);
        this.#scheduler.thaw(process);
      }
    });
  }

  #cut(): void {
    const { random } = this.#scheduler;
    const share = random.chance(0.5) ? 1 : random.next();
    const wires = [...this.#machine.network.wires];
    const one = random.maybe(wires);
    for (const wire of random.chance(0.5) && one !== undefined ? [one] : wires) {
      if (random.chance(share)) {
        wire.cut();
      }
    }
  }

  #delay(): void {
    const { random } = this.#scheduler;
    const wire = random.maybe([...this.#machine.network.wires]);
    if (wire !== undefined) {
      wire.hangsUntil = this.#scheduler.now + random.between(50, 6000);
      this.#victims.delayed();
      if (random.chance(0.4)) {
        this.#later(random.between(50, 5000), () => wire.cut());
      }
    }
  }

  #suspect(): void {
    const { random } = this.#scheduler;
    const kind = random.pick([
      'ECONNREFUSED',
      'ECONNREFUSED',
      'ENOENT',
      'EAGAIN',
      'timeout',
    ] as const);
    this.#machine.network.suspicion = { kind, chance: random.between(0.2, 1) };
    this.#later(random.between(50, 4000), () => {
      this.#machine.network.suspicion = undefined;
    });
  }

  #refuse(errno: string, touches: readonly Touch[], chance: number): void {
    const { random } = this.#scheduler;
    const some = touches.filter(() => random.chance(0.7));
    this.#disk.refusal = { errno, touches: new Set(some.length > 0 ? some : touches), chance };
    this.#later(random.between(5, 6000), () => {
      this.#disk.refusal = undefined;
    });
  }

  #slow(): void {
    const { random } = this.#scheduler;
    this.#disk.hang = { left: 1 + random.below(20), ms: random.between(20, 4000) };
  }

  #deleteFile(): void {
    const { random } = this.#scheduler;
    const { paths } = this.#machine.network;
    const locks = this.#names((name) => name.startsWith('lock.') || name.startsWith('claim.'));
    const path = random.maybe([...locks, ...locks.slice(-1), ...paths.keys()]);
    if (path !== undefined) {
      this.#scheduler.trace(`  deletes ${path}`);
      this.#disk.files.delete(path);
      paths.delete(path);
    }
  }

  /** While somebody is taking a number. */
  #trap(): void {
    const { random } = this.#scheduler;
    this.#disk.trapMs = random.between(0, 1.5);
    this.#later(random.between(0, 100), () => {
      const leader = this.#victims.leader();
      if (leader !== undefined && random.chance(0.7)) {
        this.#victims.kill(leader);
      }
    });
  }

  /** One file that holds answers, and no more than one in a run. */
  #damage(): void {
    const { random } = this.#scheduler;
    const path = random.maybe(
      this.#names((name) => name.startsWith('journal.') || name.startsWith('state.')).slice(-4),
    );
    const inode = path === undefined ? undefined : this.#disk.files.get(path);
    if (this.#damaged || path === undefined || inode === undefined) {
      return;
    }
    this.#damaged = true;
    const size = inode.content.length;
    const how = random.below(3);
    this.#scheduler.trace(`  damages ${path}: ${['deletes', 'truncates', 'flips'][how]}`);
    if (how === 0) {
      this.#disk.files.delete(path);
    } else if (how === 1) {
      inode.content = inode.content.subarray(0, random.below(size + 1));
    } else if (size > 0) {
      const content = Buffer.from(inode.content);
      const at = random.below(size);
      content[at] = (content[at] ?? 0) ^ (1 << random.below(8));
      inode.content = content;
    }
  }

  #intrude(): void {
    const { random } = this.#scheduler;
    const port = random.pick([3000, 3001, 3002, 8000, 8001, 4100, 11_430, 11_431]);
    if (!this.#machine.servers.has(port)) {
      this.#history.intruded(port);
      this.#machine.listen(port, '/elsewhere', undefined);
      this.#later(random.between(100, 10_000), () => this.#machine.servers.delete(port));
    }
  }

  /** Somebody is in the middle of editing `config.json`. */
  #edit(): void {
    const inode = this.#disk.files.get(CONFIG_PATH);
    if (inode !== undefined && this.#configBefore === undefined) {
      const { random } = this.#scheduler;
      this.#history.forgetRanges();
      this.#configBefore = inode.content;
      inode.content = Buffer.from(random.chance(0.5) ? '' : '{ "service_types": ');
      inode.mtimeMs = this.#scheduler.wall;
      this.#later(random.between(10, 2000), () => this.#mendConfig());
    }
  }

  #mendConfig(): void {
    const inode = this.#disk.files.get(CONFIG_PATH);
    if (inode !== undefined && this.#configBefore !== undefined) {
      this.#history.forgetRanges();
      inode.content = Buffer.concat([this.#configBefore, Buffer.from('\n')]);
      inode.mtimeMs = this.#scheduler.wall;
    }
    this.#configBefore = undefined;
  }

  #jump(): void {
    const ms = this.#scheduler.random.between(-300_000, 300_000);
    this.#history.keptMs = 0;
    this.#scheduler.jump(ms);
  }

  #losePower(): void {
    this.#history.keptMs = 0;
    this.#victims.losePower();
    this.#machine.losePower();
  }

  #later(ms: number, work: () => void): void {
    this.#scheduler.schedule(ms, 'world', undefined, work);
  }

  #names(isMeant: (name: string) => boolean): readonly string[] {
    return [...this.#disk.files.keys()]
      .filter((path) => path.startsWith(`${HOST_FOLDER}/`))
      .filter((path) => isMeant(path.slice(HOST_FOLDER.length + 1)))
      .sort();
  }
}
