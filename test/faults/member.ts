import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Grant } from './diary';
import type { Order, ParticipantOptions, Report } from './messages';

export interface MemberOptions {
  /** The participant's bundle. */
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  readonly participant: ParticipantOptions;
}

/** One process of the storm, from the driver's side. */
export class Member {
  /** `p3.2`. */
  readonly who: string;
  readonly pid: number;
  readonly options: ParticipantOptions;
  readonly ended: Promise<void>;
  /** The last that it told of its role. */
  role = { leads: false, epoch: 0 };
  /** The highest epoch under which a call of it was answered. */
  answered = 0;
  /** How often it told that calls were answered. */
  answers = 0;
  stopped = false;
  listed: readonly Grant[] | undefined;
  isFrozen = false;
  hasEnded = false;
  /** How it ended if nobody told it to. */
  failure: string | undefined;
  readonly #child: ChildProcess;
  #expected = false;

  constructor({ script, env, participant }: MemberOptions) {
    const { name, life, workspace, diaries } = participant;
    this.who = `${name}.${life}`;
    this.options = participant;
    const log = openSync(join(diaries, '..', 'logs', `${this.who}.log`), 'a');
    // In its workspace, so that what it listens on belongs there.
    this.#child = fork(script, [JSON.stringify(participant)], {
      cwd: workspace,
      env,
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    if (this.#child.pid === undefined) {
      throw new Error(`${this.who} was not started.`);
    }
    this.pid = this.#child.pid;
    this.#child.on('message', (report: Report) => this.#heard(report));
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.hasEnded = true;
        if (!this.#expected) {
          this.failure = `${this.who} ended by itself (${signal ?? code}).`;
        }
        resolve();
      });
    });
  }

  tell(order: Order): void {
    if (!this.hasEnded && this.#child.connected) {
      this.#child.send(order);
    }
  }

  async kill(): Promise<void> {
    this.#expected = true;
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  /** Leaves in order. */
  async close(): Promise<void> {
    this.#expected = true;
    this.tell({ do: 'close' });
    await this.ended;
  }

  freeze(): void {
    this.isFrozen = true;
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.isFrozen = false;
    this.#child.kill('SIGCONT');
  }

  #heard(report: Report): void {
    switch (report.told) {
      case 'role':
        this.role = report;
        break;
      case 'answered':
        this.answered = Math.max(this.answered, report.epoch);
        this.answers += 1;
        break;
      case 'stopped':
        this.stopped = true;
        break;
      case 'listed':
        this.listed = report.allocations;
        break;
    }
  }
}
