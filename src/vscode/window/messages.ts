import * as vscode from 'vscode';
import { StyxyError } from '../../core/domain/errors';

const STATUS_MS = 5_000;

/** A button under a message: what to do next, in the user's words. */
export interface Step {
  readonly title: string;
  readonly run: () => Thenable<unknown>;
}

/** Shows a message and takes the step that the user picks; it may stay on the screen for long. */
export async function offer(
  severity: 'Information' | 'Warning' | 'Error',
  message: string,
  ...steps: readonly Step[]
): Promise<void> {
  const titles = steps.map(({ title }) => title);
  const picked = await vscode.window[`show${severity}Message`](message, ...titles);
  await steps.find(({ title }) => title === picked)?.run();
}

/** Asks in a dialog before something is done; false if the user does not want it. */
export async function confirm(
  severity: 'Information' | 'Warning',
  question: string,
  detail: string,
  button: string,
): Promise<boolean> {
  const options = { modal: true, detail };
  return (await vscode.window[`show${severity}Message`](question, options, button)) === button;
}

/** In the status bar: that what the user wanted was done. */
export function confirmDone(message: string, ms = STATUS_MS): void {
  vscode.window.setStatusBarMessage(`$(check) ${message}`, ms);
}

export function command(id: string, ...args: unknown[]): () => Thenable<unknown> {
  return () => vscode.commands.executeCommand(id, ...args);
}

/** The sentence says what is refused, and to trust the workspace. Errors: `untrusted_workspace`. */
export function requireTrust(sentence: string): void {
  if (!vscode.workspace.isTrusted) {
    throw new StyxyError('untrusted_workspace', sentence);
  }
}

/** Errors: those of the file system, but for a file that is not there. */
export async function fileExists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch (thrown) {
    if (thrown instanceof vscode.FileSystemError && thrown.code === 'FileNotFound') {
      return false;
    }
    throw thrown;
  }
}
