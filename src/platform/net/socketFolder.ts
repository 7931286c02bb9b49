import { stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { StyxyError } from '../../core/domain/errors';
import { errnoOf } from '../fs/errno';
import { ensurePrivateFolder } from '../fs/privateFolder';

export interface SocketPathOptions {
  readonly platform: NodeJS.Platform;
  /** Of this process; undefined on Windows. */
  readonly uid: number | undefined;
  /** `$XDG_RUNTIME_DIR`, if set. */
  readonly runtimeDir: string | undefined;
  /** The system's folder for temporary files. */
  readonly tmpdir: string;
  readonly hostId: string;
  /** Where paths are short. */
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
  try {
    const found = await stat(path);
    return found.isDirectory() && found.uid === uid;
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return false;
  }
}

function tooLong(path: string): StyxyError {
  return new StyxyError(
    'invalid_argument',
    `The socket path ${path} is longer than ${MAX_SOCKET_PATH_BYTES} bytes. Set TMPDIR to a shorter folder.`,
    { details: { path, maxBytes: MAX_SOCKET_PATH_BYTES } },
  );
}
