import { homedir, hostname, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { StyxyError } from '../../core/domain/errors';
import { ensurePrivateFolder } from '../fs/privateFolder';
import type { RunCommand } from '../fs/runProgram';
import { socketPathFor, type SocketPathOptions } from '../net/socket';
import { hostIdOf, readMachineId, runsInContainer } from '../os/machineIdentity';
import { thisSystem } from '../os/operatingSystem';

export interface PathsOptions extends Omit<SocketPathOptions, 'runtimeDir' | 'hostId'> {
  /** `STYXY_HOME`, `XDG_RUNTIME_DIR` and, on Windows, `SystemRoot` are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homedir: string;
  readonly hostname: string;
  /** Development and test hosts keep to a home of their own unless `STYXY_HOME` is set. */
  readonly development: boolean;
  /** The operating system's id of this machine, if it has one. */
  readonly machineId: () => Promise<string | undefined>;
  readonly inContainer: () => Promise<boolean>;
}

/** Where everything of Styxy lies on this host. */
export interface StyxyPaths {
  /** Canonical. */
  readonly home: string;
  /** 12 hex digits that name this network namespace. */
  readonly hostId: string;
  /** `<home>/hosts/<hostId>`. */
  readonly hostFolder: string;
  /**
   * A place to listen that no one else uses, if `nonce` is fresh. Its folder is made again if a
   * clean-up of temporary files took it. Errors: as `socketPathFor`.
   */
  socketPath(nonce: string): Promise<string>;
}

/** This process's view of the machine. */
export function systemPathsOptions(
  options: { readonly development?: boolean; readonly run?: RunCommand } = {},
): PathsOptions {
  const system = thisSystem();
  const { platform } = system;
  return {
    env: process.env,
    platform,
    uid: process.getuid?.(),
    homedir: homedir(),
    tmpdir: tmpdir(),
    hostname: hostname(),
    development: options.development ?? false,
    machineId: () => readMachineId({ ...system, run: options.run ?? system.run }),
    inContainer: () => runsInContainer({ platform }),
  };
}

/** The home by name alone. Errors: `invalid_argument` if `STYXY_HOME` is not absolute. */
export function homeFolder(options: Pick<PathsOptions, 'env' | 'homedir' | 'development'>): string {
  const asked = options.env.STYXY_HOME;
  if (asked === undefined || asked === '') {
    return join(options.homedir, options.development ? '.styxy-dev' : '.styxy');
  }
  if (!isAbsolute(asked)) {
    throw new StyxyError(
      'invalid_argument',
      `STYXY_HOME is "${asked}", which is not an absolute path. Set it to one, or unset it to use ~/.styxy.`,
      { details: { path: asked } },
    );
  }
  return asked;
}

/**
 * Makes the home and the host's folder where they are missing and refuses what another user owns
 * or may write. Errors: `permission_denied` with the command that repairs it, `invalid_argument`,
 * `storage_unavailable`.
 */
export async function preparePaths(options: PathsOptions): Promise<StyxyPaths> {
  const { uid } = options;
  const shared = { uid, otherwise: 'set STYXY_HOME to a folder of your own' };
  const ofHome = { ...shared, what: "Styxy's home", parents: true };
  const below = { ...shared, what: "Styxy's folder", parents: false };
  const home = await ensurePrivateFolder(homeFolder(options), ofHome);
  const [machineId, inContainer] = await Promise.all([options.machineId(), options.inContainer()]);
  const hostId = hostIdOf({ machineId, hostname: options.hostname, inContainer });
  const hosts = await ensurePrivateFolder(join(home, 'hosts'), below);
  const hostFolder = await ensurePrivateFolder(join(hosts, hostId), below);
  return {
    home,
    hostId,
    hostFolder,
    socketPath: (nonce) =>
      socketPathFor(nonce, { ...options, hostId, runtimeDir: options.env.XDG_RUNTIME_DIR }),
  };
}
