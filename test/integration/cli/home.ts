import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isRecord } from '../../../src/core/domain/errors';

const CLI = resolve('dist/cli.js');
/** Longer than any command's own deadlines; reached only when something hangs. */
const COMMAND_TIMEOUT_MS = 40_000;
const POLL_MS = 20;

export interface Result {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** A folder inside the home's own; the first workspace by default. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Started {
  readonly child: ChildProcess;
  readonly done: Promise<Result>;
}

/** A home of its own, two workspaces, and every process that was started in it. */
export class CliHome {
  readonly root: string;
  readonly workspace: string;
  readonly otherWorkspace: string;
  readonly #children = new Set<ChildProcess>();
  readonly #daemons = new Set<number>();

  private constructor(root: string) {
    this.root = root;
    this.workspace = join(root, 'shop');
    this.otherWorkspace = join(root, 'blog');
  }

  static async create(): Promise<CliHome> {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'styxy-cli-')));
    const home = new CliHome(root);
    for (const folder of ['home', 'run', 'shop', 'blog']) {
      await mkdir(join(root, folder), { mode: 0o700 });
    }
    return home;
  }

  start(args: readonly string[], options: RunOptions = {}): Started {
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: options.cwd ?? this.workspace,
      env: {
        PATH: process.env.PATH,
        HOME: this.root,
        STYXY_HOME: join(this.root, 'home'),
        XDG_RUNTIME_DIR: join(this.root, 'run'),
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    const done = new Promise<Result>((settle, reject) => {
      const out = { stdout: '', stderr: '' };
      child.stdout.on('data', (data: Buffer) => (out.stdout += data.toString()));
      child.stderr.on('data', (data: Buffer) => (out.stderr += data.toString()));
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error(`styxy ${args.join(' ')} hangs: ${JSON.stringify(out)}`));
      }, COMMAND_TIMEOUT_MS);
      child.once('error', reject);
      child.once('close', (code) => {
        clearTimeout(timer);
        this.#children.delete(child);
        settle({ code, ...out });
      });
    });
    return { child, done };
  }

  run(args: readonly string[], options?: RunOptions): Promise<Result> {
    return this.start(args, options).done;
  }

  /** Runs with `--json` and answers the one object, after checking the exit code. */
  async json(args: readonly string[], code = 0, options?: RunOptions): Promise<Json> {
    const result = await this.run([...args, '--json'], options);
    assert.equal(result.code, code, `styxy ${args.join(' ')}: ${JSON.stringify(result)}`);
    assert.equal(result.stderr, '');
    return parseObject(result.stdout);
  }

  /** Errors as JSON have one shape, whatever went wrong. */
  async error(args: readonly string[], code: number, options?: RunOptions): Promise<Json> {
    const { error, ...rest } = await this.json(args, code, options);
    assert.deepEqual(rest, {});
    assert.ok(isRecord(error));
    assert.deepEqual(Object.keys(error), ['code', 'message', 'details', 'retryable']);
    return error;
  }

  async startDaemon(): Promise<number> {
    const { pid } = await this.json(['daemon', 'start']);
    assert.equal(typeof pid, 'number');
    this.#daemons.add(Number(pid));
    return Number(pid);
  }

  async status(): Promise<Json> {
    return this.json(['daemon', 'status']);
  }

  async list(): Promise<Json[]> {
    const { allocations } = await this.json(['list']);
    assert.ok(Array.isArray(allocations) && allocations.every(isRecord));
    return allocations;
  }

  /** Listens for real, from a process in the workspace; answers its pid. */
  async listen(port: number): Promise<number | undefined> {
    const script = `require('node:net').createServer().listen(${port}, '127.0.0.1', () => process.send('up'))`;
    const child = spawn(process.execPath, ['-e', script], {
      cwd: this.workspace,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#children.add(child);
    await once(child, 'message');
    return child.pid;
  }

  /** Ends what was started here, by its id, and removes everything. */
  async dispose(): Promise<void> {
    for (const child of this.#children) {
      child.kill('SIGKILL');
    }
    for (const pid of this.#daemons) {
      signal(pid, 'SIGCONT');
      signal(pid, 'SIGTERM');
    }
    for (const pid of this.#daemons) {
      await until(() => !isRunning(pid), `process ${pid} to end`);
    }
    await rm(this.root, { recursive: true, force: true });
  }
}

export type Json = Record<string, unknown>;

export function parseObject(text: string): Json {
  const value: unknown = JSON.parse(text);
  assert.ok(isRecord(value), text);
  return value;
}

/** Waits for something to become true; the bound is for hangs only. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  boundMs = 15_000,
): Promise<void> {
  const deadline = Date.now() + boundMs;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new Error(`Waited ${boundMs} ms in vain for ${what}`);
    }
    await new Promise((settle) => setTimeout(settle, POLL_MS));
  }
}

/** False when there is no such process any more. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') {
      return false;
    }
    throw error;
  }
}

/** A zombie, which its parent did not bury yet, runs no more. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') {
    return true;
  }
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
