import { readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { AllocationView } from '../../src/core/domain/model';
import type { TestApi } from '../../src/vscode/activation/testApi';

const EXTENSION = 'styxy.styxy';
const WAIT_MS = 20_000;
const POLL_MS = 50;

export function requireEnv(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set: start the lane with "npm run test:host".`);
  }
  return value;
}

export function extension(): vscode.Extension<TestApi> {
  const found = vscode.extensions.getExtension<TestApi>(EXTENSION);
  if (found === undefined) {
    throw new Error(`${EXTENSION} is not installed in this window.`);
  }
  return found;
}

/** What the extension shows to tests, once the editor activated it by itself. */
export async function styxy(): Promise<TestApi> {
  await until('the activation of Styxy', () => extension().isActive);
  return extension().exports;
}

/** Resolves with what `read` answers once it is something; fails with a name for it. */
export async function until<T>(
  what: string,
  read: () => T | undefined | false | Thenable<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== false) {
      return value;
    }
    if (Date.now() > end) {
      throw new Error(`Waited ${WAIT_MS} ms for ${what}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The folder of that name, or the first. */
export function folder(name?: string): vscode.WorkspaceFolder {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const found = name === undefined ? folders[0] : folders.find((it) => it.name === name);
  if (found === undefined) {
    throw new Error(`There is no folder ${name ?? 'at all'} in this window.`);
  }
  return found;
}

export async function writeFile(path: string, text: string, where = folder()): Promise<vscode.Uri> {
  const uri = vscode.Uri.joinPath(where.uri, path);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

/** The text that a task or terminal writes into a file, once it is there. */
export function written(path: string, where = folder()): Promise<string> {
  const file = join(where.uri.fsPath, path);
  return until(`the file ${path}`, async () => {
    try {
      const text = await readFile(file, 'utf8');
      return text.endsWith('\n') && text.trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return undefined;
      }
      throw error;
    }
  });
}

export async function remove(path: string, where = folder()): Promise<void> {
  await rm(join(where.uri.fsPath, path), { recursive: true, force: true });
}

/** The answer of a variable, as a task gets it. */
export async function port(service: string, more: object = {}): Promise<string> {
  return vscode.commands.executeCommand<string>('styxy.port', { service, ...more });
}

/** The allocation as the window shows it, once it is drawn. */
export async function shown(service: string): Promise<AllocationView> {
  const api = await styxy();
  return until(`the allocation of ${service}`, () =>
    isDrawn(api) ? api.snapshot?.allocations.find((view) => view.service === service) : undefined,
  );
}

/** Whether the rows are those of the last push: bursts of pushes are drawn together. */
function isDrawn({ rows, snapshot }: TestApi): boolean {
  const drawn = rows.flatMap(({ ports }) => ports.map(({ view }) => `${view.id} ${view.state}`));
  const pushed = (snapshot?.allocations ?? []).map(({ id, state }) => `${id} ${state}`);
  // A shared allocation has a row in each holder's workspace.
  return [...new Set(drawn)].sort().join() === pushed.sort().join();
}

export async function gone(service: string): Promise<void> {
  const api = await styxy();
  await until(
    `the end of ${service}`,
    () => isDrawn(api) && api.snapshot?.allocations.every((view) => view.service !== service),
  );
}

/** Releases all ports of this window without asking. */
export async function releaseAll(): Promise<void> {
  const api = await styxy();
  const restore = answerDialogs((_message, choices) =>
    choices.find((choice) => choice.startsWith('Release')),
  );
  try {
    for (const { id } of api.snapshot?.allocations ?? []) {
      await vscode.commands.executeCommand('styxy.releasePort', { id });
    }
    await until(
      'the end of all allocations',
      () => api.snapshot?.allocations.length === 0 && isDrawn(api),
    );
  } finally {
    restore();
  }
}

type Answer = (message: string, choices: readonly string[]) => string | undefined;

/** Answers warnings, information and errors in the place of a person, who would have to click. */
export function answerDialogs(answer: Answer): () => void {
  const window = vscode.window as unknown as Record<string, unknown>;
  const names = ['showWarningMessage', 'showInformationMessage', 'showErrorMessage'];
  const original = names.map((name) => window[name]);
  for (const name of names) {
    window[name] = (message: string, ...rest: unknown[]) => {
      const choices = rest.filter((choice) => typeof choice === 'string');
      return Promise.resolve(answer(message, choices));
    };
  }
  return () => names.forEach((name, at) => (window[name] = original[at]));
}

/** What was said to the user while `act` ran, and what is chosen of it. */
export async function said(act: () => Thenable<unknown>, choose?: string): Promise<string[]> {
  const messages: string[] = [];
  const restore = answerDialogs((message, choices) => {
    messages.push(message);
    return choices.find((choice) => choice === choose);
  });
  try {
    await act();
  } finally {
    restore();
  }
  return messages;
}

/** Gives this text to the next input boxes, in the place of a person who types it. */
export function answerInput(text: string): () => void {
  const { showInputBox } = vscode.window;
  const window = vscode.window as { showInputBox: unknown };
  window.showInputBox = () => Promise.resolve(text);
  return () => (window.showInputBox = showInputBox);
}

/**
 * The configuration of launch.json as the debugger's own provider gets it. No debugger has this
 * type, and nothing starts.
 */
export async function resolveLaunch(
  where: vscode.WorkspaceFolder,
  configuration: object,
): Promise<vscode.DebugConfiguration> {
  let seen: vscode.DebugConfiguration | undefined;
  const spy = vscode.debug.registerDebugConfigurationProvider('*', {
    resolveDebugConfiguration: (_folder, current) => {
      seen = current;
      return undefined;
    },
  });
  try {
    const fixed = { type: 'styxy-test', request: 'launch', name: 'test' };
    await vscode.debug.startDebugging(where, { ...fixed, ...configuration });
  } finally {
    spy.dispose();
  }
  if (seen === undefined) {
    throw new Error('The editor asked no provider.');
  }
  return seen;
}

/** The task of that label of tasks.json, once the editor has read it. */
export function findTask(label: string, where = folder()): Promise<vscode.Task> {
  return until(`the task ${label} of ${where.name}`, async () =>
    (await vscode.tasks.fetchTasks()).find(
      ({ name, scope }) => name === label && typeof scope === 'object' && scope.name === where.name,
    ),
  );
}

/** Runs a task of tasks.json and resolves when it ended; once more before that is a question. */
export async function runTask(label: string, where = folder()): Promise<void> {
  const task = await findTask(label, where);
  let subscription: vscode.Disposable | undefined;
  const ended = new Promise<void>((resolve) => {
    subscription = vscode.tasks.onDidEndTask(({ execution }) => {
      if (execution.task.name === label) {
        resolve();
      }
    });
  });
  await vscode.tasks.executeTask(task);
  await ended;
  subscription?.dispose();
}

export function listen(on: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(on, '127.0.0.1', () => resolve(server));
  });
}
