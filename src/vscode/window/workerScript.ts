import type * as vscode from 'vscode';

/** Absolute path of the script that a leading window's worker runs, and that exports the rest. */
export function workerScript(context: vscode.ExtensionContext): string {
  return context.asAbsolutePath('dist/leaderWorker.js');
}
