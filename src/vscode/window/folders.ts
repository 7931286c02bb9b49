import { realpath } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { FolderName } from '../text/folderName';
import { Emitter } from './dispose';

/** A folder of this window, with the name of the workspace that Styxy knows it by. */
export interface OwnFolder extends FolderName {
  readonly uri: vscode.Uri;
}

/** The folders of this window under their canonical names; folders without a disk are left out. */
export class Folders implements vscode.Disposable {
  private readonly changes: Emitter;
  private readonly subscription: vscode.Disposable;
  private known: readonly OwnFolder[] = [];
  private settling: Promise<readonly OwnFolder[]>;
  /** Counts readings: one that a later one overtook is not kept. */
  private reading = 0;

  constructor(private readonly log: vscode.LogOutputChannel) {
    this.changes = new Emitter(log);
    this.settling = this.read();
    this.subscription = vscode.workspace.onDidChangeWorkspaceFolders(() => {
      this.settling = this.read();
    });
  }

  /** As last read; empty in the first moment of a window. */
  get current(): readonly OwnFolder[] {
    return this.known;
  }

  /** The folders as they are now, after the disk answered. */
  async settled(): Promise<readonly OwnFolder[]> {
    let settling;
    do {
      settling = this.settling;
      await settling;
    } while (settling !== this.settling);
    return settling;
  }

  /** The folder that Styxy knows as `workspace`, if it is one of this window's. */
  find(workspace: string): OwnFolder | undefined {
    return this.known.find((folder) => folder.workspace === workspace);
  }

  onDidChange(listener: () => void): vscode.Disposable {
    return this.changes.onDidChange(listener);
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private async read(): Promise<readonly OwnFolder[]> {
    this.reading += 1;
    const { reading } = this;
    const folders = vscode.workspace.workspaceFolders ?? [];
    const local = folders.filter(({ uri }) => uri.scheme === 'file');
    const read = await Promise.all(
      local.map(async ({ name, uri }) => ({
        name,
        uri,
        path: uri.fsPath,
        workspace: await this.canonical(uri.fsPath),
      })),
    );
    if (reading === this.reading) {
      this.known = read;
      this.changes.fire();
    }
    return read;
  }

  /** A folder that cannot be resolved (it is gone, its disk is away) keeps the name it has. */
  private async canonical(path: string): Promise<string> {
    try {
      return await realpath(path);
    } catch (thrown) {
      this.log.warn(`The canonical name of ${path} is unknown: ${String(thrown)}`);
      return path;
    }
  }
}
