/** What the doctor wants to know of the machine. */
import { link as linkFile, stat } from 'node:fs/promises';
import type { PortRange } from '../../core/domain/catalogue';
import type { MachineFacts, MachineReader } from '../../core/host/interfaces';
import { runCommand, type RunCommand } from '../fs/runProgram';
import { ephemeralPorts } from '../os/ephemeralPorts';
import { errnoOf } from '../fs/errno';
import { excludedPorts } from '../os/excludedPorts';
import type { Link } from '../fs/hardLinks';
import { systemRoot } from '../os/powershell';
import {
  exposedIn,
  fileSystemOf,
  hasHardLinks,
  modeOf,
  quarantinedIn,
  type FileSystemFacts,
  type HomeFolders,
} from './homeFacts';
import { SystemIds } from '../fs/randomIds';
import { systemTools } from './systemTools';
import { FactCollector } from './factCollector';

export interface SystemMachineOptions extends HomeFolders {
  /** Nothing is written to a home that was refused. */
  readonly isRefused?: boolean;
  /** This process's by default, like all that follows. */
  readonly platform?: NodeJS.Platform;
  readonly run?: RunCommand;
  readonly systemRoot?: string;
  readonly proc?: string;
  /** link(2); replaced where a file system without hard links is to be had. */
  readonly link?: Link;
  /** Milliseconds that each question may take; they are asked beside each other. */
  readonly deadlineMs?: number;
}

/** Half of what a person waits for without wondering. */
const DEADLINE_MS = 1500;

/** Reads what it can, and says what it cannot. */
export class SystemMachine implements MachineReader {
  readonly #options: Required<SystemMachineOptions>;

  constructor(options: SystemMachineOptions) {
    this.#options = {
      isRefused: false,
      platform: process.platform,
      run: runCommand,
      systemRoot: systemRoot(),
      proc: '/proc',
      link: linkFile,
      deadlineMs: DEADLINE_MS,
      ...options,
    };
  }

  async look(socket: string): Promise<MachineFacts> {
    const { home, hostFolder, platform, deadlineMs } = this.#options;
    const telling = new FactCollector(deadlineMs);
    const [ofHome, present, tools, ephemeral, excluded] = await Promise.all([
      this.#home(telling),
      telling.ask("The presence of the leader's socket", socketExists(socket, platform), true),
      telling.ask('Which programs of the system are there', systemTools(this.#options), []),
      this.#ephemeral(telling),
      this.#excluded(telling),
    ]);
    return {
      platform,
      node: process.versions.node,
      home: { path: home, hostFolder, ...ofHome },
      socket: { path: socket, present },
      tools,
      ...(ephemeral === undefined ? {} : { ephemeral }),
      excluded,
      untold: telling.untold,
    };
  }

  async #home(telling: FactCollector): Promise<Omit<MachineFacts['home'], 'path' | 'hostFolder'>> {
    const { home, platform } = this.#options;
    const hasModes = platform !== 'win32';
    const [mode, exposed, quarantined, { freeBytes, network }, hardLinks] = await Promise.all([
      hasModes
        ? telling.ask<string | undefined>('The mode of the home', modeOf(home), undefined)
        : undefined,
      hasModes ? this.#exposed(telling) : [],
      telling.ask('Which damaged files are kept', quarantinedIn(this.#options), []),
      this.#fileSystem(telling),
      this.#hardLinks(telling),
    ]);
    return {
      ...(mode === undefined ? {} : { mode }),
      exposed,
      ...(freeBytes === undefined ? {} : { freeBytes }),
      quarantined,
      hardLinks,
      ...(network === undefined ? {} : { network }),
    };
  }

  async #exposed(telling: FactCollector): Promise<readonly string[]> {
    const { paths, isCut } = await telling.ask(
      'Which files of the home others may read',
      exposedIn(this.#options),
      { paths: [], isCut: false },
    );
    if (isCut) {
      telling.untold.push('The home has so many files that only a part was looked at.');
    }
    return paths;
  }

  async #fileSystem(telling: FactCollector): Promise<FileSystemFacts> {
    const nothing: FileSystemFacts = { freeBytes: undefined, network: undefined };
    const what = 'The room on the disk of the home';
    const facts = await telling.ask(
      what,
      fileSystemOf(this.#options.home, this.#options.platform),
      nothing,
    );
    if (facts !== nothing && facts.freeBytes === undefined) {
      telling.untold.push(`${what} cannot be told: its file system does not count.`);
    }
    return facts;
  }

  async #hardLinks(telling: FactCollector): Promise<boolean> {
    const { hostFolder: folder, link, isRefused } = this.#options;
    const what = 'Whether the file system of the home has hard links';
    if (isRefused) {
      telling.untold.push(`${what} was not tried: nothing is written there.`);
      return true;
    }
    const nonce = new SystemIds().nonce(8);
    return telling.ask(what, hasHardLinks({ folder, nonce, link }), true);
  }

  #ephemeral(telling: FactCollector): Promise<PortRange | undefined> {
    const range = ephemeralPorts(this.#tools());
    return telling.ask<PortRange | undefined>(
      'The ports of outgoing connections',
      range,
      undefined,
    );
  }

  #excluded(telling: FactCollector): Promise<readonly PortRange[]> {
    return telling.ask('The ports that nobody may use', excludedPorts(this.#tools()), []);
  }

  /** A program that hangs ends with the question. */
  #tools() {
    const { platform, systemRoot: root, proc, run, deadlineMs } = this.#options;
    const limited: RunCommand = (file, args, options) =>
      run(file, args, { ...options, timeoutMs: deadlineMs });
    return { platform, systemRoot: root, proc, run: limited };
  }
}

/** A pipe of Windows lives as long as its server does and has no file that could be deleted. */
async function socketExists(path: string, platform: NodeJS.Platform): Promise<boolean> {
  if (path === '') {
    return false;
  }
  if (platform === 'win32') {
    return true;
  }
  try {
    await stat(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') {
      throw error;
    }
    return false;
  }
  return true;
}
