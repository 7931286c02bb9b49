import { join } from 'node:path';
import { REPOSITORY, runNpm } from '../../../scripts/cache.mjs';

let packed: Promise<string> | undefined;

/** Builds and packs the extension, once for all tests of this process; returns the file's path. */
export function packExtension(): Promise<string> {
  packed ??= runNpm(['run', '--silent', 'package'], { cwd: REPOSITORY }).then(() =>
    join(REPOSITORY, 'styxy.vsix'),
  );
  return packed;
}
