import type { FolderChoice, FolderName } from '../text/folderName';

export interface FolderQuestion<Folder extends FolderName> {
  readonly folders: readonly Folder[];
  /** `args.folder` of an input: a folder's name or absolute path. */
  readonly named?: string;
  /**
   * What the editor passed to a dotted id. For `${command:...}` in a task it is a list of texts with
   * variables, resolved values and sometimes the task's folder, in changing order; in launch.json it
   * is the debug configuration.
   */
  readonly passed?: readonly unknown[];
  /** Whether the folder's plan declares the service. */
  readonly plans: (folder: Folder) => boolean;
}

/**
 * Which folder a variable is about. A name given wins. Else, of all that the editor passed, only
 * absolute paths that equal a folder count, and the last of them wins (a task in a folder passes
 * its folder, among resolved values in changing order). Else the only folder; else the only one
 * that plans the service. Never the active editor: what a task gets must not depend on the cursor.
 */
export function chooseFolder<Folder extends FolderName>(
  question: FolderQuestion<Folder>,
): FolderChoice<Folder> {
  const { folders, named } = question;
  if (folders.length === 0) {
    return { kind: 'no-folder' };
  }
  if (named !== undefined) {
    return byName(folders, named);
  }
  const passed = lastFolderPassed(folders, question.passed ?? []);
  if (passed !== undefined) {
    return { kind: 'chosen', folder: passed };
  }
  const only = single(folders) ?? single(folders.filter(question.plans));
  return only === undefined ? { kind: 'ambiguous' } : { kind: 'chosen', folder: only };
}

function byName<Folder extends FolderName>(
  folders: readonly Folder[],
  named: string,
): FolderChoice<Folder> {
  const matching = folders.filter((folder) => folder.name === named);
  const only = byPath(folders, named) ?? single(matching);
  if (only !== undefined) {
    return { kind: 'chosen', folder: only };
  }
  return { kind: matching.length > 1 ? 'two-of-that-name' : 'unknown-name', named };
}

function lastFolderPassed<Folder extends FolderName>(
  folders: readonly Folder[],
  passed: readonly unknown[],
): Folder | undefined {
  const texts = passed.flat(2).filter((value) => typeof value === 'string');
  return texts
    .map((text) => byPath(folders, text))
    .filter((folder) => folder !== undefined)
    .at(-1);
}

/** Also with a separator at its end. */
function byPath<Folder extends FolderName>(
  folders: readonly Folder[],
  text: string,
): Folder | undefined {
  const path = text.length > 1 ? text.replace(/[/\\]$/, '') : text;
  return folders.find((folder) => folder.path === path || folder.workspace === path);
}

function single<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}
