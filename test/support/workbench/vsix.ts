import { join } from 'node:path';
import { REPOSITORY, runNpm } from '../../../scripts/cache.mjs';

let packed: Promise<string> | undefined;

/**
 * Builds and packs the extension, once for all tests of this process; returns the file's path.
 * `STYXY_VSIX` names a package that is there already, such as one that is about to be published.
 */
export function packExtension(): Promise<string> {
  const { STYXY_VSIX } = process.env;
  if (STYXY_VSIX) {
    return Promise.resolve(STYXY_VSIX);
  }
  packed ??= runNpm(['run', '--silent', 'package'], { cwd: REPOSITORY }).then(() =>
    join(REPOSITORY, 'styxy.vsix'),
  );
  return packed;
}
