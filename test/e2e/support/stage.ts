import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from '../../../scripts/cache.mjs';
import { cleanEnvironment } from '../../../scripts/environment.mjs';
import type { AllocationJson, StatusJson } from '../../../src/cli/render/json';
import {
  packExtension,
  Workbench,
  type WorkbenchOptions,
  type WorkbenchWindow,
} from '../../support/workbench';
import { picturesWanted } from './pictures';

export type Example = 'web' | 'shop';

/** A command of the command line may have to wait for a leader that was just killed. */
const COMMAND_TIMEOUT_MS = 30_000;
/** Where pictures of failed tests go: ignored by git. */
const FAILURES = join(REPOSITORY, 'out/e2e');

/**
 * What every test needs: an editor with the packed extension installed, copies of the examples, and
 * the command line of that package on the same home.
 */
export class Stage {
  private readonly windows: WorkbenchWindow[] = [];

  private constructor(
    readonly workbench: Workbench,
    /** Holds the copies of the examples. */
    readonly code: string,
  ) {}

  static async start(options: WorkbenchOptions = {}): Promise<Stage> {
    const vsix = await packExtension();
    const code = await codeFolder();
    try {
      for (const example of ['web', 'shop']) {
        await cp(join(REPOSITORY, 'examples', example), join(code, example), { recursive: true });
      }
      return new Stage(await Workbench.start({ vsix, scale: 2, ...options }), code);
    } catch (error) {
      await removeFolder(code);
      throw error;
    }
  }

  folder(example: Example): string {
    return join(this.code, example);
  }

  /** Opens a window on an example, on a file of `code`, or on nothing. */
  async open(target?: string): Promise<WorkbenchWindow> {
    const path = target === undefined ? undefined : join(this.code, target);
    const window = await this.workbench.openWindow(path);
    this.windows.push(window);
    // Extensions start last; before that the editor moves the focus, which closes quick picks.
    await window.statusBarItem('styxy.ports');
    return window;
  }

  /** Runs `styxy` with `--json` as a shell beside the editor would, and returns its answer. */
  async styxy<Answer>(...args: string[]): Promise<Answer> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [await this.commandLine(), ...args, '--json'],
      {
        env: cleanEnvironment({ STYXY_HOME: this.workbench.home }),
        cwd: this.workbench.root,
        timeout: COMMAND_TIMEOUT_MS,
      },
    );
    return JSON.parse(stdout) as Answer;
  }

  async allocations(): Promise<readonly AllocationJson[]> {
    const answer = await this.styxy<{ allocations: AllocationJson[] }>('list');
    return answer.allocations;
  }

  /** The allocation of a service. Fails if there is none. */
  async allocation(example: Example, service: string): Promise<AllocationJson> {
    const all = await this.allocations();
    const workspace = this.folder(example);
    const found = all.find((it) => it.workspace === workspace && it.service === service);
    if (found === undefined) {
      throw new Error(`${service} of ${workspace} has no port. There is: ${JSON.stringify(all)}`);
    }
    return found;
  }

  /** A port for a service of an example whose name is its type, from the command line. */
  async port(example: Example, service: string): Promise<number> {
    const project = ['--project', this.folder(example)];
    const answer = await this.styxy<AllocationJson>('allocate', '-s', service, ...project);
    return answer.port;
  }

  status(): Promise<StatusJson> {
    return this.styxy<StatusJson>('daemon', 'status');
  }

  /** The command line as it was installed with the extension. */
  private async commandLine(): Promise<string> {
    const extensions = join(this.workbench.root, 'data/extensions');
    const [folder] = (await readdir(extensions)).filter((name) => name.startsWith('styxy.styxy-'));
    if (folder === undefined) {
      throw new Error(`The extension is not installed in ${extensions}.`);
    }
    return join(extensions, folder, 'dist/cli.js');
  }

  /** Keeps what the windows showed when a test failed. */
  async keepPictures(test: Mocha.Test | undefined): Promise<void> {
    if (test?.state !== 'failed') {
      return;
    }
    const name = test.fullTitle().replace(/\W+/g, '-').slice(0, 100);
    for (const [index, window] of this.windows.entries()) {
      if (!window.page.isClosed()) {
        await window.page.screenshot({ path: join(FAILURES, `${name}-${index + 1}.png`) });
      }
    }
  }

  async dispose(): Promise<void> {
    await this.workbench.dispose();
    await removeFolder(this.code);
  }
}

/**
 * A new folder for the examples under its canonical name. Where pictures are taken it is a short
 * one, because paths are to be read in them.
 */
async function codeFolder(): Promise<string> {
  const temporary = await realpath(tmpdir());
  const short = join(temporary, 'code');
  if (await picturesWanted()) {
    try {
      await mkdir(short);
      return short;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw error;
      }
    }
  }
  const long = join(await mkdtemp(join(temporary, 'styxy-e2e-code-')), 'code');
  await mkdir(long);
  return long;
}

async function removeFolder(code: string): Promise<void> {
  const parent = dirname(code);
  const folder = parent === (await realpath(tmpdir())) ? code : parent;
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
