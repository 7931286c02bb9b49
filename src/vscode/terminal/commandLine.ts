import { mkdir, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { readText } from '../../platform/fs/files';
import { homeFolder } from '../../platform/home/paths';
import { onDidChangeSetting, setting } from '../window/settings';
import { type ShimFile, shimFiles } from './shim';

/**
 * Puts `styxy` on the PATH of terminals. The PATH is set at once, the launcher is written beside
 * that: a later change would make every open terminal ask to be relaunched.
 */
export function provideCommandLine(
  context: vscode.ExtensionContext,
  version: string,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  // A launcher of its own for each version: windows of several run side by side after an update.
  const isProduct = context.extensionMode === vscode.ExtensionMode.Production;
  const name = isProduct ? version : `${version}-development`;
  const folder = join(context.globalStorageUri.fsPath, 'bin', name);
  const collection = context.environmentVariableCollection;
  collection.persistent = false;
  const apply = (): void => {
    if (!setting('terminal.environment')) {
      // Not `clear`: it would take the ports of every folder along.
      collection.delete('PATH');
      collection.delete('STYXY_HOME');
      return;
    }
    collection.description = t('The command line of Styxy');
    collection.prepend('PATH', `${folder}${delimiter}`);
    if (!isProduct) {
      // Such a window keeps to a home of its own; its terminals have to look there, too.
      const { env } = process;
      collection.replace('STYXY_HOME', homeFolder({ env, homedir: homedir(), development: true }));
    }
  };
  apply();
  const target = { node: process.execPath, cli: context.asAbsolutePath(join('dist', 'cli.js')) };
  writeShims(folder, shimFiles(target, process.platform)).catch((thrown: unknown) => {
    log.warn(`styxy is not on the PATH of terminals: ${String(thrown)}`);
  });
  return onDidChangeSetting('terminal.environment', apply);
}

async function writeShims(folder: string, files: readonly ShimFile[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name, content } of files) {
    const file = join(folder, name);
    if ((await readText(file)) !== content) {
      // Another window may write the same at this moment.
      const temporary = `${file}.${process.pid}`;
      await writeFile(temporary, content, { mode: 0o755 });
      await rename(temporary, file);
    }
  }
}
