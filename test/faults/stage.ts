/** The home, the participants in it, and what the driver can see of them. */
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LockRecord } from '../../src/core/host/interfaces';
import { lockName, parseListing } from '../../src/platform/storage/fileNames';
import { parseLockRecord } from '../../src/platform/storage/lockFile';
import { pause } from '../support/world/waiting';
import { SmallDisk } from '../integration/coordinator/support/disk';
import { TYPES } from './lane';
import type { Control } from './controls';
import { Diary, readDiary, type Line } from './diary';
import { Member } from './member';

/** Room for eight epochs, the audit log and what was moved aside. */
const DISK_KIBIBYTES = 160 * 1024;

const POLL_MS = 10;

/** Ports of the types, away from what else runs on a developer's machine. */
const FIRST_PORT = 24_000;
const RANGE = 400;

export interface StageOptions {
  /** The participant's bundle. */
  readonly script: string;
  readonly seed: number;
  readonly participants: number;
  readonly lanes: number;
  readonly pauseMs: number;
  readonly control?: Control;
  /** Everybody leads in a worker with this script. */
  readonly worker?: string;
}

export class Stage {
  readonly root: string;
  readonly home: string;
  /** Of the driver. */
  readonly diary: Diary;
  /** The home lies on it; undefined where nobody may mount one. */
  readonly disk: SmallDisk | undefined;
  /** Who takes part now. */
  members: Member[] = [];
  readonly failures: string[] = [];
  readonly #options: StageOptions;
  readonly #lives = new Map<string, number>();

  private constructor(root: string, home: string, options: StageOptions, disk?: SmallDisk) {
    this.root = root;
    this.home = home;
    this.disk = disk;
    this.#options = options;
    this.diary = new Diary(join(root, 'diaries', 'driver'), 'driver');
  }

  static async open(options: StageOptions): Promise<Stage> {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'styxy-storm-')));
    for (const name of ['run', 'diaries', 'logs', 'orders', 'home']) {
      await mkdir(join(root, name), { mode: 0o700 });
    }
    const home = join(root, 'home');
    const stage = new Stage(root, home, options, await smallDisk(home));
    await stage.writeConfiguration();
    return stage;
  }

  async writeConfiguration(): Promise<void> {
    const types = TYPES.map((type, index) => {
      const first = FIRST_PORT + index * RANGE;
      return [type, { port_range: [first, first + RANGE - 1] }] as const;
    });
    const text = JSON.stringify({ service_types: Object.fromEntries(types) });
    await writeFile(join(this.home, 'config.json'), text, { mode: 0o600 });
  }

  /** Starts a process in this place; the first, or the next one after its end. */
  async start(name: string, lanes = this.#options.lanes): Promise<Member> {
    const { script, seed, pauseMs, control, worker } = this.#options;
    const life = (this.#lives.get(name) ?? 0) + 1;
    this.#lives.set(name, life);
    const workspace = join(this.root, name);
    await mkdir(workspace, { recursive: true });
    const { home, root } = this;
    const diaries = join(root, 'diaries');
    const flags = {
      ...(control === undefined ? {} : { control }),
      ...(worker === undefined ? {} : { worker }),
    };
    const member = new Member({
      script,
      env: {
        PATH: process.env.PATH,
        HOME: root,
        XDG_RUNTIME_DIR: join(root, 'run'),
        STYXY_FAULT_POINTS: join(root, 'orders'),
      },
      participant: { name, life, home, workspace, diaries, seed, lanes, pauseMs, ...flags },
    });
    this.members.push(member);
    return member;
  }

  async kill(member: Member): Promise<void> {
    await member.kill();
    this.diary.write({ ev: 'killed' }, member.who);
    this.failures.push(...(member.failure === undefined ? [] : [member.failure]));
    this.members = this.members.filter((other) => other !== member);
  }

  /** Kills it and starts another process in its place. */
  async replace(member: Member): Promise<Member> {
    await this.kill(member);
    return this.start(member.options.name);
  }

  /** `hosts/<hostId>/`. */
  async folder(): Promise<string> {
    const [hostId] = await readdir(join(this.home, 'hosts'));
    return join(this.home, 'hosts', hostId ?? '');
  }

  /** The highest number in any name. */
  async highest(): Promise<number> {
    return parseListing(await readdir(await this.folder())).highest;
  }

  async lock(epoch: number): Promise<LockRecord | undefined> {
    try {
      const text = await readFile(join(await this.folder(), lockName(epoch)), 'utf8');
      const record = parseLockRecord(text);
      return record === 'unreadable' ? undefined : record;
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /** Who has the highest number by its lock, says that it leads it, and answers under it. */
  async leader(): Promise<{ leader: Member; epoch: number } | undefined> {
    const epoch = await this.highest();
    const lock = await this.lock(epoch);
    const leader = this.members.find(({ pid }) => pid === lock?.pid);
    const serves = leader?.role.leads === true && leader.role.epoch === epoch;
    return leader !== undefined && serves && !leader.isFrozen && !leader.hasEnded
      ? { leader, epoch }
      : undefined;
  }

  /** The highest epoch under which anybody was answered. */
  answered(): number {
    return Math.max(0, ...this.members.map(({ answered }) => answered));
  }

  /** False when it did not become true in time. */
  async until(boundMs: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
    const deadline = performance.now() + boundMs;
    while (!(await holds())) {
      if (performance.now() > deadline) {
        return false;
      }
      await pause(POLL_MS);
    }
    return true;
  }

  /** Everything that was written down, in the order of time. */
  async lines(): Promise<readonly Line[]> {
    const diaries = join(this.root, 'diaries');
    const lines: Line[] = [];
    for (const name of await readdir(diaries)) {
      for (const line of readDiary(join(diaries, name))) {
        lines.push(line);
      }
    }
    return lines.sort((a, b) => a.t - b.t);
  }

  /** Ends everyone. */
  async end(): Promise<void> {
    for (const member of this.members) {
      await this.kill(member);
    }
  }

  /** Leaves nothing behind, or all of it: then the home is copied off the small disk. */
  async close(keep: boolean): Promise<void> {
    await this.end();
    if (this.disk !== undefined) {
      if (keep) {
        await cp(this.home, join(this.root, 'home-kept'), { recursive: true });
      }
      await this.disk.unmount();
    }
    if (!keep) {
      await rm(this.root, { recursive: true, force: true });
    }
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Undefined where this user may not mount one. */
async function smallDisk(path: string): Promise<SmallDisk | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return undefined;
  }
  try {
    return await SmallDisk.mount(path, DISK_KIBIBYTES);
  } catch (error) {
    console.error(`Without a disk of its own: ${String(error)}`);
    return undefined;
  }
}
