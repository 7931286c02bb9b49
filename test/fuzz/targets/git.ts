import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import {
  branchOf,
  FileWorkspaceReader,
  isTracked,
  worktreeOf,
} from '../../../src/platform/workspace/git';
import { readPlanFile } from '../../../src/platform/workspace/planFile';
import { laterRefusalOf, target, type Scene } from '../target';
import { mutatedText } from '../textMutations';

const TEXTS = [
  'ref: refs/heads/main\n',
  '0123456789abcdef0123456789abcdef01234567\n',
  'gitdir: ../other/.git/worktrees/a\n',
  'gitdir: /nowhere\n',
  'gitdir: a\0b\n',
  '../..\n',
  '{ "services": {} }',
];

/** Paths below a folder that begins anew for each input. */
const FILES = ['.git', '.git/HEAD', '.git/commondir', 'styxy.json', '.git/index'];

interface Input {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly asFolders: boolean;
}

const inputs: fc.Arbitrary<Input> = fc.record({
  files: fc.array(fc.record({ path: fc.constantFrom(...FILES), text: mutatedText(TEXTS) }), {
    minLength: 1,
    maxLength: 3,
  }),
  asFolders: fc.boolean(),
});

/** Longest line that is read of a file of git. */
const MAX_LINE_BYTES = 16 * 1024;

export const git = target({ name: 'files of git', runs: 150, inputs, open });

async function open(): Promise<Scene<Input>> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'styxy-fuzz-git-')));
  const workspaces = new FileWorkspaceReader();
  let count = 0;
  return {
    holds: async ({ files, asFolders }) => {
      count += 1;
      const folder = join(root, String(count));
      await mkdir(folder);
      for (const { path, text } of files) {
        await lay(join(folder, path), text, asFolders);
      }
      try {
        const branch = await branchOf(folder);
        assert.ok(branch === undefined || Buffer.byteLength(branch) <= 3 * MAX_LINE_BYTES);
        const place = await worktreeOf(folder);
        assert.ok(place.kind !== 'worktree' || place.root === folder || asFolders);
        const { workspace } = await workspaces.resolve(folder, new Set());
        assert.equal(workspace, folder);
        await laterRefusalOf(() => readPlanFile(folder));
        // What git itself makes of it is git's business.
        const nothing = () => Promise.resolve({ stdout: '', exitCode: 0 });
        await isTracked(folder, '.env.local', nothing);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}

/** What is in the way already stays: a file where a folder should be, and the other way round. */
async function lay(path: string, text: string, asFolder: boolean): Promise<void> {
  try {
    await mkdir(asFolder && path.endsWith('HEAD') ? path : dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    assert.match(code, /^(?:EEXIST|ENOTDIR|EISDIR)$/);
  }
}
