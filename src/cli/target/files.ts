import { isUtf8 } from 'node:buffer';
import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StyxyError } from '../../core/domain/errors';
import type { Clock } from '../../core/host/interfaces';
import { ConfigFile } from '../../platform/home/configFile';
import { DotenvFiles } from '../../platform/workspace/dotenvFiles';
import { errnoOf } from '../../platform/fs/errors';
import { isTracked } from '../../platform/workspace/git';
import { SystemIds } from '../../platform/fs/runtime';
import { homeFolder, systemPathsOptions } from '../../platform/home/paths';
import { readPlanFile } from '../../platform/workspace/planFile';
import type { UserFiles } from '../run/environment';

/** As long as `config.json` may be. */
const MAX_BYTES = 1024 * 1024;

/** The user's files on this machine. */
export function systemFiles(clock: Clock): UserFiles {
  const ids = new SystemIds();
  const envFiles = new DotenvFiles({ ids, clock });
  return {
    configPath: async () => join(await canonicalHome(), 'config.json'),
    readConfiguration: async (file) =>
      file === undefined
        ? readOwn(new ConfigFile({ home: await canonicalHome(), clock, ids }))
        : readAny(file),
    readPlan: readPlanFile,
    preview: (workspace, path, values) => envFiles.preview(workspace, path, values),
    write: (workspace, path, values) => envFiles.write(workspace, path, values),
    isTracked: (workspace, path) => isTracked(workspace, path),
  };
}

/** As the leader names it, once it is there; nothing is made here. */
async function canonicalHome(): Promise<string> {
  const home = homeFolder(systemPathsOptions());
  return realpath(home).catch(() => home);
}

async function readOwn(file: ConfigFile): Promise<string | undefined> {
  const read = await file.read();
  if (read.kind === 'unreadable') {
    throw read.error;
  }
  return read.kind === 'read' ? read.text : undefined;
}

/** A file that lies anywhere. */
async function readAny(file: string): Promise<string | undefined> {
  try {
    // Before it is opened: opening a pipe would wait for its other end.
    const found = await stat(file);
    if (!found.isFile()) {
      throw noConfiguration(file, 'is not a file');
    }
    if (found.size > MAX_BYTES) {
      throw noConfiguration(file, 'is longer than 1 MiB');
    }
    const content = await readFile(file);
    if (!isUtf8(content)) {
      throw noConfiguration(file, 'is not UTF-8 text');
    }
    return new TextDecoder().decode(content);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') {
      return undefined;
    }
    if (errno === undefined) {
      throw error;
    }
    const refused = errno === 'EACCES' || errno === 'EPERM';
    throw new StyxyError(
      refused ? 'permission_denied' : 'storage_unavailable',
      `Styxy cannot read ${file} (${errno}). Make it readable for you, or name another file.`,
      { details: { path: file, errno }, cause: error },
    );
  }
}

function noConfiguration(file: string, why: string): StyxyError {
  return new StyxyError('invalid_config', `${file} ${why}. Name a configuration in JSON.`, {
    details: { path: file },
  });
}
