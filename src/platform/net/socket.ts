import { once } from 'node:events';
import { chmod, stat } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { posix } from 'node:path';
import { StyxyError } from '../../core/domain/errors';
import { ifAvailable, ifPresent } from '../fs/errors';
import { ensurePrivateFolder } from '../fs/privateFolder';

/**
 * Refusals in a row that prove that there is no listener. Linux answers a full backlog of a Unix
 * socket with EAGAIN (unix(7)); BSD systems refuse, as if there were none.
 */
export const REFUSALS_THAT_PROVE = process.platform === 'linux' ? 1 : 2;

export interface ListenOptions {
  /** Path of a socket that does not exist yet, or name of a pipe. */
  readonly path: string;
  /** Called for each peer that connects; the caller owns the socket and handles its errors. */
  readonly onConnection: (socket: Socket) => void;
  /**
   * Called when the system could not let a caller in (out of memory, of descriptors). The caller
   * sees its connection close and tries again; the server goes on.
   */
  readonly onRefused?: (error: Error) => void;
}

export interface SocketServer {
  readonly path: string;
  /**
   * Stops listening, cuts the connections that are still open and unlinks the path, whoever bound
   * it by now: therefore no path is ever used twice. Idempotent.
   */
  close(): Promise<void>;
}

/**
 * Listens on a socket that only this user may reach. Errors: raw errno (`EADDRINUSE`, `EACCES`,
 * ...); `invalid_argument` if the path is too long.
 */
export async function listenOnSocket(options: ListenOptions): Promise<SocketServer> {
  const { path, onConnection, onRefused } = options;
  refuseLongPath(path);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    onConnection(socket);
  });
  server.listen({ path, exclusive: true });
  await once(server, 'listening');
  // Without a listener such an error would end the whole process.
  server.on('error', (error) => onRefused?.(error));
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= closeServer(server, open));
  try {
    if (!isPipe(path)) {
      await chmod(path, 0o600);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { path, close };
}

/**
 * Whether the file of a socket is there; false for an empty path. A pipe of Windows lives as long
 * as its server does and has no file that could be deleted. Errors: raw errno.
 */
export async function socketExists(path: string, platform = process.platform): Promise<boolean> {
  return path !== '' && (platform === 'win32' || (await ifPresent(stat(path))) !== undefined);
}

export interface ConnectOptions {
  readonly path: string;
  /** After this long the attempt fails with `timeout`. */
  readonly deadlineMs: number;
  /** Ends the attempt with `cancelled`. */
  readonly signal?: AbortSignal;
}

/**
 * Connects to a socket. Errors: raw errno for the caller to weigh (`ECONNREFUSED` proves that
 * there is no listener, `ENOENT`, `EACCES` and `EPERM` do not), `timeout`, `cancelled`,
 * `invalid_argument` if the path is too long.
 */
export async function connectToSocket(options: ConnectOptions): Promise<Socket> {
  const { path, deadlineMs, signal } = options;
  refuseLongPath(path);
  if (signal?.aborted === true) {
    throw cancelled(path, signal);
  }
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('connect', onConnect);
      socket.off('error', onError);
      finish();
    };
    const fail = (error: unknown) =>
      settle(() => {
        // A late error of the abandoned attempt has nowhere to go.
        socket.on('error', () => undefined);
        socket.destroy();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    const onConnect = () => settle(() => resolve(socket));
    const onError = (error: Error) => fail(error);
    const onAbort = () => fail(cancelled(path, signal));
    const timer = setTimeout(() => fail(tooSlow(path, deadlineMs)), deadlineMs);
    socket.once('connect', onConnect);
    socket.once('error', onError);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function closeServer(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of open) {
      socket.destroy();
    }
  });
}

function isPipe(path: string): boolean {
  return path.startsWith('\\\\.\\pipe\\');
}

function refuseLongPath(path: string): void {
  if (!isPipe(path) && Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
    throw tooLong(path);
  }
}

function tooSlow(path: string, deadlineMs: number): StyxyError {
  return new StyxyError(
    'timeout',
    `Nobody answered on ${path} within ${deadlineMs} ms. Ask again; another window takes over if that one is frozen.`,
    { details: { path, deadlineMs } },
  );
}

function cancelled(path: string, signal: AbortSignal | undefined): StyxyError {
  return new StyxyError(
    'cancelled',
    `Cancelled while connecting to ${path}. Ask again if it is still wanted.`,
    { cause: signal?.reason },
  );
}

export interface SocketPathOptions {
  readonly platform: NodeJS.Platform;
  /** Of this process; undefined on Windows, where files have no mode to check. */
  readonly uid: number | undefined;
  /** `$XDG_RUNTIME_DIR`, if set. */
  readonly runtimeDir: string | undefined;
  /** The system's folder for temporary files. */
  readonly tmpdir: string;
  readonly hostId: string;
  /** Where sockets go whose path would be too long elsewhere; `/tmp` if not given. */
  readonly shortTmp?: string | undefined;
}

/**
 * `sun_path` has 104 bytes on macOS and 108 on Linux, with the closing NUL. Node 20 truncates what
 * is longer without a word, so two sockets could become one.
 */
export const MAX_SOCKET_PATH_BYTES = 103;

/** Where every POSIX system has a short folder for temporary files. */
const SHORT_TMP = '/tmp';

/**
 * A fresh place to listen, named by `nonce`: a path in a folder that only this user may enter (made
 * if need be), or a pipe name on Windows. Folders in order: `$XDG_RUNTIME_DIR/styxy`,
 * `<tmp>/styxy-<uid>`, `/tmp/styxy-<uid>`; the first that is private and short enough is taken.
 * Errors: `permission_denied`, `storage_unavailable`, `invalid_argument` if every path is too long.
 */
export async function socketPathFor(nonce: string, options: SocketPathOptions): Promise<string> {
  if (!/^[0-9A-Za-z-]{1,64}$/.test(nonce)) {
    throw new StyxyError('invalid_argument', `"${nonce}" cannot name a socket. Use hex digits.`);
  }
  if (options.platform === 'win32') {
    return `\\\\.\\pipe\\styxy-${options.hostId}-${nonce}`;
  }
  const name = `${nonce}.sock`;
  let refusal: unknown;
  for (const folder of await socketFolders(options)) {
    const path = posix.join(folder, name);
    if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
      refusal ??= tooLong(path);
      continue;
    }
    try {
      await ensurePrivateFolder(folder, {
        uid: options.uid,
        what: "The folder of Styxy's sockets",
        parents: false,
        otherwise: 'set TMPDIR to a folder of your own',
      });
      return path;
    } catch (error) {
      if (!(error instanceof StyxyError)) {
        throw error;
      }
      refusal ??= error;
    }
  }
  throw refusal;
}

/** Candidates without repetition. */
async function socketFolders(options: SocketPathOptions): Promise<readonly string[]> {
  const own = `styxy-${options.uid ?? 'user'}`;
  const folders = [posix.join(options.tmpdir, own), posix.join(options.shortTmp ?? SHORT_TMP, own)];
  const runtimeDir = options.runtimeDir;
  if (runtimeDir !== undefined && (await isOwnRuntimeDir(runtimeDir, options.uid))) {
    folders.unshift(posix.join(runtimeDir, 'styxy'));
  }
  return [...new Set(folders)];
}

/**
 * XDG Base Directory Specification: the runtime directory must be owned by the user. Under
 * `sudo -E` it is another user's, and a folder of root's in there would lock that user out.
 */
async function isOwnRuntimeDir(path: string, uid: number | undefined): Promise<boolean> {
  if (!posix.isAbsolute(path)) {
    return false;
  }
  const found = await ifAvailable(stat(path));
  return found?.isDirectory() === true && found.uid === uid;
}

function tooLong(path: string): StyxyError {
  return new StyxyError(
    'invalid_argument',
    `The socket path ${path} is longer than ${MAX_SOCKET_PATH_BYTES} bytes. Set TMPDIR to a shorter folder.`,
    { details: { path, maxBytes: MAX_SOCKET_PATH_BYTES } },
  );
}
