import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { readConfiguration } from '../../core/config/readConfiguration';
import type { FileProblem } from '../../core/domain/configuration';
import { toStyxyError } from '../../core/domain/errors';
import { PLAN_FILE } from '../../core/domain/plan';
import { readPlan } from '../../core/plan/readPlan';
import { DisposableStore } from '../window/dispose';
import type { Services } from '../window/services';
import { errorsKey, positions, problemText } from './problemText';

type Reader = (text: string) => { readonly problems: readonly FileProblem[] };

/** While somebody types, problems are only shown when they pause. */
const QUIET_MS = 300;

/**
 * Shows what is wrong in `styxy.json` of this window's folders and in `config.json`, on its lines,
 * and warns when the leader keeps an earlier configuration because of it.
 */
export class FileProblems implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly collection = vscode.languages.createDiagnosticCollection('styxy');
  private readonly waiting = new Map<string, ReturnType<typeof setTimeout>>();
  /** The errors of `config.json` that were reported. */
  private reported: string | undefined;
  /** As the leader pushed them; a push without changes keeps the list. */
  private pushed: readonly FileProblem[] | undefined;

  constructor(private readonly services: Services) {
    const { connection, plans } = services;
    this.store.add(this.collection);
    this.store.add(vscode.workspace.onDidOpenTextDocument((it) => this.look(it)));
    this.store.add(vscode.workspace.onDidChangeTextDocument((it) => this.lookSoon(it.document)));
    this.store.add(vscode.workspace.onDidCloseTextDocument((it) => this.leave(it)));
    this.store.add(plans.onDidChange(() => this.lookAtPlans()));
    this.store.add(connection.onDidChange(() => this.lookAtConfiguration()));
    vscode.workspace.textDocuments.forEach((document) => this.look(document));
  }

  dispose(): void {
    for (const timer of this.waiting.values()) {
      clearTimeout(timer);
    }
    this.store.dispose();
  }

  private lookSoon(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.waiting.get(key));
    const timer = setTimeout(() => {
      this.waiting.delete(key);
      this.look(document);
    }, QUIET_MS);
    this.waiting.set(key, timer);
  }

  private look(document: vscode.TextDocument): void {
    const read = this.readerOf(document.uri);
    if (read !== undefined) {
      this.show(document.uri, document.getText(), read);
    }
  }

  private show(uri: vscode.Uri, text: string, read: Reader): void {
    const at = positions(text);
    const { Error, Warning } = vscode.DiagnosticSeverity;
    const diagnostics = read(text).problems.map((problem) => {
      const { offset, length, severity } = problem;
      const [start, end] = [at(offset), at(offset + length)];
      const range = new vscode.Range(start.line, start.character, end.line, end.character);
      const level = severity === 'error' ? Error : Warning;
      const diagnostic = new vscode.Diagnostic(range, problemText(problem), level);
      diagnostic.source = 'Styxy';
      return diagnostic;
    });
    this.collection.set(uri, diagnostics);
  }

  /** Without an editor, what counts is the file. */
  private leave({ uri }: vscode.TextDocument): void {
    clearTimeout(this.waiting.get(uri.toString()));
    this.waiting.delete(uri.toString());
    void this.lookAtFile(uri);
  }

  /** What an editor shows takes precedence over the file. */
  private async lookAtFile(uri: vscode.Uri): Promise<void> {
    const read = this.readerOf(uri);
    const open = openDocument(uri);
    if (read === undefined || open !== undefined) {
      // It may have been open before it was known to be ours.
      if (open !== undefined) {
        this.look(open);
      }
      return;
    }
    try {
      const bytes = await vscode.workspace.fs.readFile(uri);
      if (openDocument(uri) === undefined) {
        this.show(uri, new TextDecoder().decode(bytes), read);
      }
    } catch (thrown) {
      this.collection.delete(uri);
      this.services.log.debug(`${uri.fsPath}: ${toStyxyError(thrown).message}`);
    }
  }

  private readerOf(uri: vscode.Uri): Reader | undefined {
    if (uri.scheme !== 'file') {
      return undefined;
    }
    const { connection, folders } = this.services;
    const isPlan =
      basename(uri.fsPath) === PLAN_FILE &&
      folders.current.some(({ path }) => path === dirname(uri.fsPath));
    const isConfiguration = uri.fsPath === connection.snapshot?.configuration?.path;
    return isPlan ? readPlan : isConfiguration ? readConfiguration : undefined;
  }

  /** Plans that no editor has open have their problems listed too. */
  private lookAtPlans(): void {
    for (const { path } of this.services.folders.current) {
      void this.lookAtFile(vscode.Uri.joinPath(vscode.Uri.file(path), PLAN_FILE));
    }
  }

  private lookAtConfiguration(): void {
    const { path, problems } = this.services.connection.snapshot?.configuration ?? {};
    if (path === undefined || problems === undefined || problems === this.pushed) {
      return;
    }
    this.pushed = problems;
    const uri = vscode.Uri.file(path);
    void this.lookAtFile(uri);
    const before = this.reported;
    this.reported = errorsKey(problems);
    if (this.reported !== undefined && this.reported !== before) {
      void this.warn(uri);
    }
  }

  private async warn(uri: vscode.Uri): Promise<void> {
    const open = t('Open');
    const picked = await vscode.window.showWarningMessage(
      t('config.json has errors. The configuration that was read before stays.'),
      open,
    );
    if (picked === open) {
      await vscode.window.showTextDocument(uri);
    }
  }
}

function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  const key = uri.toString();
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === key);
}
