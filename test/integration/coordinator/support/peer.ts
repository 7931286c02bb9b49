import { fork, type ChildProcess } from 'node:child_process';
import { errorFromJson } from '../../../../src/core/domain/errors';
import type { AllocateAnswer, Snapshot } from '../../../../src/core/messages/requests';
import type { CommandMessage, CommandName, Commands, ReplyMessage, StartOptions } from './commands';
import { until } from './until';

export interface PeerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One participant in a process of its own, from the test's side. */
export class Peer {
  readonly label: string;
  /** Its first folder. */
  readonly workspace: string;
  readonly pid: number;
  readonly ended: Promise<PeerEnd>;
  /** What it logged. */
  log = '';
  end: PeerEnd | undefined;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #frozen = false;
  /** It was told to end, in one way or another. */
  #expected = false;

  constructor(script: string, env: NodeJS.ProcessEnv, options: StartOptions) {
    const { label, folders } = options;
    this.label = label;
    this.workspace = folders[0] ?? '';
    // In its folder, so that what it listens on belongs to its workspace.
    const cwd = this.workspace;
    const child = fork(script, { cwd, env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    if (child.pid === undefined) {
      throw new Error(`${label} was not started.`);
    }
    this.#child = child;
    this.pid = child.pid;
    child.stderr?.on('data', (data: Buffer) => (this.log += data.toString()));
    child.on('message', (reply: ReplyMessage) => this.#settle(reply));
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.end = { code, signal };
        for (const { reject } of this.#waiting.values()) {
          reject(new Error(`${label} ended (${signal ?? code}) before it answered.\n${this.log}`));
        }
        this.#waiting.clear();
        resolve(this.end);
      });
    });
  }

  /** How it went wrong if it did: it ended without being told to, or not in order. */
  get failure(): string | undefined {
    const { end } = this;
    return end === undefined || (this.#expected && (end.signal === 'SIGKILL' || end.code === 0))
      ? undefined
      : `${this.label} ended by itself (${end.signal ?? end.code}).\n${this.log}`;
  }

  get isFrozen(): boolean {
    return this.#frozen;
  }

  call<Name extends CommandName>(
    name: Name,
    params: Commands[Name]['params'],
  ): Promise<Commands[Name]['result']> {
    return new Promise((resolve, reject) => {
      if (this.end !== undefined) {
        reject(new Error(`${this.label} has ended.`));
        return;
      }
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve: (result) => resolve(result as never), reject });
      const message: CommandMessage = { id, name, params };
      this.#child.send(message);
    });
  }

  /** A port of the type for a service of its own workspace. */
  allocate(service: string, serviceType = 'dev'): Promise<AllocateAnswer> {
    return this.call('allocate', { workspace: this.workspace, service, serviceType });
  }

  release(service: string) {
    const { workspace } = this;
    return this.call('release', { target: { service, workspace }, workspaces: [workspace] });
  }

  list(): Promise<Snapshot> {
    return this.call('list', {});
  }

  /** Waits until it follows, itself included; answers what it shows. */
  async joined(): Promise<Snapshot> {
    let shown: Snapshot | null = null;
    await until(`${this.label} to join`, async () => {
      const { role, snapshot } = await this.call('see', null);
      shown = snapshot;
      return role.kind === 'leader' || role.kind === 'follower';
    });
    if (shown === null) {
      throw new Error(`${this.label} joined and shows nothing.`);
    }
    return shown;
  }

  async kill(): Promise<void> {
    this.#expected = true;
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  freeze(): void {
    this.#frozen = true;
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#frozen = false;
    this.#child.kill('SIGCONT');
  }

  /** Leaves in order; fails when the process does not end by itself then. */
  async close(): Promise<void> {
    if (this.#expected) {
      await this.ended;
      return;
    }
    this.#expected = true;
    await this.call('close', null);
    await until(`${this.label} to end by itself`, () => this.end !== undefined);
  }

  #settle(reply: ReplyMessage): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) {
      waiting?.reject(errorFromJson(reply.error));
    } else {
      waiting?.resolve(reply.result);
    }
  }
}
