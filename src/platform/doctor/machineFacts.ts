/** What the doctor wants to know of the machine. */
import { link as linkFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { given } from '../../core/domain/schema';
import type { MachineFacts, MachineReader } from '../../core/host/interfaces';
import { errnoOf } from '../fs/errors';
import type { Link } from '../fs/files';
import type { RunCommand } from '../fs/runProgram';
import { SystemIds } from '../fs/runtime';
import { homeFolder, systemPathsOptions, type PathsOptions } from '../home/paths';
import { socketExists } from '../net/socket';
import { hostIdOf } from '../os/machineIdentity';
import { thisSystem, type OperatingSystem } from '../os/operatingSystem';
import { ephemeralPorts, excludedPorts } from '../os/portRanges';
import {
  exposedIn,
  fileSystemOf,
  hasHardLinks,
  modeOf,
  quarantinedIn,
  type FileSystemFacts,
  type HomeFolders,
} from './homeFacts';
import { systemTools } from './systemTools';

/** The system is this process's by default. */
export interface SystemMachineOptions extends HomeFolders, Partial<OperatingSystem> {
  /** Nothing is written to a home that was refused. */
  readonly isRefused?: boolean;
  /** link(2); replaced by tests of file systems without hard links. */
  readonly link?: Link;
  /** Milliseconds that each lookup may take; all run in parallel. */
  readonly deadlineMs?: number;
}

/** Half of what a person waits for without wondering. */
const DEADLINE_MS = 1500;

/** Reads what it can, and says what it cannot. */
export class SystemMachine implements MachineReader {
  readonly #options: OperatingSystem & Required<Omit<SystemMachineOptions, 'proc'>>;

  constructor(options: SystemMachineOptions) {
    this.#options = {
      ...thisSystem(),
      isRefused: false,
      link: linkFile,
      deadlineMs: DEADLINE_MS,
      ...options,
    };
  }

  async look(socket: string): Promise<MachineFacts> {
    const { home, hostFolder, platform, run, deadlineMs } = this.#options;
    const facts = new FactCollector(deadlineMs);
    // A program that hangs ends with the lookup.
    const limited: RunCommand = (file, args, options) =>
      run(file, args, { ...options, timeoutMs: deadlineMs });
    const system = { ...this.#options, run: limited };
    const [ofHome, present, tools, ephemeral, excluded] = await Promise.all([
      this.#home(facts),
      facts.look("The presence of the leader's socket", socketExists(socket, platform), true),
      facts.look('Which programs of the system are there', systemTools(this.#options), []),
      facts.look('The ports of outgoing connections', ephemeralPorts(system), undefined),
      facts.look('The ports that nobody may use', excludedPorts(system), []),
    ]);
    return {
      platform,
      node: process.versions.node,
      home: { path: home, hostFolder, ...ofHome },
      socket: { path: socket, present },
      tools,
      ...(ephemeral === undefined ? {} : { ephemeral }),
      excluded,
      untold: facts.unknown,
    };
  }

  async #home(facts: FactCollector): Promise<Omit<MachineFacts['home'], 'path' | 'hostFolder'>> {
    const { home, platform } = this.#options;
    const hasModes = platform !== 'win32';
    const [mode, exposed, quarantined, { freeBytes, network }, hardLinks] = await Promise.all([
      hasModes ? facts.look('The mode of the home', modeOf(home), undefined) : undefined,
      hasModes ? this.#exposed(facts) : [],
      facts.look('Which damaged files are kept', quarantinedIn(this.#options), []),
      this.#fileSystem(facts),
      this.#hardLinks(facts),
    ]);
    return given({ mode, exposed, freeBytes, quarantined, hardLinks, network });
  }

  async #exposed(facts: FactCollector): Promise<readonly string[]> {
    const { paths, isCut } = await facts.look(
      'Which files of the home others may read',
      exposedIn(this.#options),
      { paths: [], isCut: false },
    );
    if (isCut) {
      facts.unknown.push('The home has so many files that only a part was looked at.');
    }
    return paths;
  }

  async #fileSystem(facts: FactCollector): Promise<FileSystemFacts> {
    const nothing: FileSystemFacts = { freeBytes: undefined, network: undefined };
    const what = 'The room on the disk of the home';
    const { home, platform } = this.#options;
    const found = await facts.look(what, fileSystemOf(home, platform), nothing);
    if (found !== nothing && found.freeBytes === undefined) {
      facts.unknown.push(`${what} cannot be told: its file system does not count.`);
    }
    return found;
  }

  async #hardLinks(facts: FactCollector): Promise<boolean> {
    const { hostFolder: folder, link, isRefused } = this.#options;
    const what = 'Whether the file system of the home has hard links';
    if (isRefused) {
      facts.unknown.push(`${what} was not tried: nothing is written there.`);
      return true;
    }
    const nonce = new SystemIds().nonce(8);
    return facts.look(what, hasHardLinks({ folder, nonce, link }), true);
  }
}

/**
 * What can be said of a machine whose home is refused, so that no process can lead: the home is
 * looked at as it is, nothing is made or written. Errors: `invalid_argument` if `STYXY_HOME` is not
 * absolute.
 */
export async function lookAtRefusedHome(
  options: PathsOptions = systemPathsOptions(),
): Promise<MachineFacts> {
  const named = homeFolder(options);
  const home = await realpath(named).catch(() => named);
  const [machineId, inContainer] = await Promise.all([options.machineId(), options.inContainer()]);
  const hostId = hostIdOf({ machineId, hostname: options.hostname, inContainer });
  const hostFolder = join(home, 'hosts', hostId);
  const { platform } = options;
  return new SystemMachine({ home, hostFolder, platform, isRefused: true }).look('');
}

/** Runs lookups in parallel, each with a deadline, and records in sentences what stays unknown. */
class FactCollector {
  readonly unknown: string[] = [];
  readonly #deadlineMs: number;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /**
   * What `work` resolves to, or `otherwise` if it fails, knows nothing (undefined) or takes too
   * long. `what`: the beginning of a sentence, `The room on the disk`. Never rejects.
   */
  async look<T, U>(what: string, work: Promise<T | undefined>, otherwise: U): Promise<T | U> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#deadlineMs);
    });
    try {
      const answer = await Promise.race([work.then((value) => ({ value })), late]);
      if (answer === 'late') {
        this.unknown.push(`${what} cannot be told: the system takes too long.`);
        return otherwise;
      }
      if (answer.value !== undefined) {
        return answer.value;
      }
      this.unknown.push(`${what} cannot be told: the system does not say.`);
    } catch (error) {
      const why = errnoOf(error) ?? (error instanceof Error ? error.message : String(error));
      this.unknown.push(`${what} cannot be told (${why}).`);
    } finally {
      clearTimeout(timer);
    }
    return otherwise;
  }
}
