import { StyxyError } from '../../../../src/core/domain/errors';
import type { MachineFacts } from '../../../../src/core/host/interfaces';
import { renderFile } from '../../../../src/core/plan/renderDotenv';
import type { CoordinatorOptions } from '../../../../src/coordinator/wiring/createCoordinator';
import { cli } from '../../../../src/cli/entry/cli';
import type { CliEnvironment, DaemonMessage, UserFiles } from '../../../../src/cli/run/environment';
import { createStyle } from '../../../../src/cli/run/style';
import { WELL } from '../../../support/doctorAnswer';
import { CONFIG, FakeCoordinator, HERE, NOW } from './fakeCoordinator';

export * from './fakeCoordinator';

export interface FakeOptions {
  readonly interactive?: boolean;
  readonly colour?: boolean;
  /** The answer to the question, if one is asked. */
  readonly agrees?: boolean;
}

/** A machine without processes, files or a terminal, and what was written and done on it. */
export class FakeWorld {
  readonly coordinator = new FakeCoordinator();
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly questions: string[] = [];
  readonly connected: CoordinatorOptions[] = [];
  readonly announced: DaemonMessage[] = [];
  readonly terminated: number[] = [];
  readonly cancel = new AbortController();
  /** Start times of the processes that are there. */
  readonly processes = new Map<number, number>();
  /** Processes that are there but whose start time the OS keeps to itself. */
  readonly hidden = new Set<number>();
  /** Processes that do not end when told to. */
  readonly stubborn = new Set<number>();
  readonly openFolders: string[][] = [];
  /** Texts of plans, by workspace. */
  readonly plans = new Map<string, string>();
  /** Configurations by path, `CONFIG` among them; an error is thrown. */
  readonly configurations = new Map<string, string | StyxyError>();
  /** Dotenv files by their path in the workspace; an error is thrown. */
  readonly envFiles = new Map<string, string | StyxyError>();
  readonly tracked = new Set<string>();
  /** Folders that do not exist. */
  readonly gone = new Set<string>();
  now = NOW;
  /** Of a home that was refused; an error is thrown. */
  machine: MachineFacts | StyxyError = WELL;
  readonly environment: CliEnvironment;

  constructor(options: FakeOptions = {}) {
    const style = createStyle(options.colour === true);
    this.environment = {
      terminal: {
        interactive: options.interactive === true,
        style,
        noteStyle: style,
        result: (...lines) => this.stdout.push(...lines),
        note: (...lines) => this.stderr.push(...lines),
        confirm: async (question) => {
          this.questions.push(question);
          return options.agrees === true;
        },
        flush: async () => undefined,
      },
      currentFolder: () => HERE,
      userHome: '/home/me',
      pid: 4000,
      version: '1.2.3',
      cancel: this.cancel.signal,
      workspaces: {
        resolve: async (folder, open) => {
          this.openFolders.push([...open]);
          return { workspace: folder, because: open.has(folder) ? 'open' : 'git' };
        },
      },
      canonicalFolder: async (path) => {
        if (this.gone.has(path)) {
          throw new StyxyError('invalid_argument', `There is no folder ${path}.`);
        }
        return path;
      },
      files: this.#files(),
      daemons: {
        processes: async () => ({
          startedAt: async (pid) => this.processes.get(pid),
          isAlive: (pid) => this.processes.has(pid) || this.hidden.has(pid),
          identityOf: async () => undefined,
        }),
        launch: async () => ({ pid: 4001, epoch: 3, leader: { pid: 41, kind: 'window' } }),
        announce: (message) => this.announced.push(message),
        terminate: (pid) => {
          this.terminated.push(pid);
          if (!this.stubborn.has(pid)) {
            this.processes.delete(pid);
          }
        },
        sleep: async (ms) => {
          this.now += ms;
        },
      },
      connect: (connectOptions) => {
        this.connected.push(connectOptions);
        return this.coordinator;
      },
      lookAtRefusedHome: async () => {
        if (this.machine instanceof StyxyError) {
          throw this.machine;
        }
        return this.machine;
      },
      now: () => this.now,
    };
  }

  #files(): UserFiles {
    const preview: UserFiles['preview'] = async (_workspace, path, values) => {
      const before = thrown(this.envFiles.get(path));
      const rendered = renderFile(before, values);
      const isSame = rendered.text === (before ?? '');
      const kind = isSame ? 'same' : before === undefined ? 'new' : 'changed';
      return { kind, path: `${HERE}/${path}`, ...rendered };
    };
    return {
      configPath: async () => CONFIG,
      readConfiguration: async (file = CONFIG) => thrown(this.configurations.get(file)),
      readPlan: async (workspace) => {
        const text = this.plans.get(workspace);
        return text === undefined
          ? { kind: 'absent' }
          : { kind: 'read', path: `${workspace}/styxy.json`, text };
      },
      preview,
      write: async (workspace, path, values) => {
        const done = await preview(workspace, path, values);
        this.envFiles.set(path, done.text);
        return done;
      },
      isTracked: async (_workspace, path) => this.tracked.has(path),
    };
  }

  run(...args: readonly string[]): Promise<number> {
    return cli(args, this.environment);
  }

  /** The one object on standard output. */
  json(): unknown {
    if (this.stdout.length !== 1) {
      throw new Error(`Expected one line of JSON, not ${this.stdout.length}`);
    }
    return JSON.parse(this.stdout[0] ?? '');
  }
}

function thrown(given: string | StyxyError | undefined): string | undefined {
  if (given instanceof StyxyError) {
    throw given;
  }
  return given;
}
