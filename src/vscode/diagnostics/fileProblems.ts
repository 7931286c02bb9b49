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

type Judge = (text: string) => readonly FileProblem[];

/** While somebody types, what is wrong is only told when they pause. */
const QUIET_MS = 300;

/**
 * What is wrong in `styxy.json` of this window's folders and in `config.json`, on its lines, and a
 * word when the leader goes on with an earlier configuration because of it.
 */
export class FileProblems implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly collection = vscode.languages.createDiagnosticCollection('styxy');
  private readonly waiting = new Map<string, ReturnType<typeof setTimeout>>();
  /** The errors of `config.json` that were told. */
  private told: string | undefined;
  /** As the leader pushed them; a push without news of them keeps the list. */
  private judged: readonly FileProblem[] | undefined;

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
    const judge = this.judgeOf(document.uri);
    if (judge !== undefined) {
      this.show(document.uri, document.getText(), judge);
    }
  }

  private show(uri: vscode.Uri, text: string, judge: Judge): void {
    const at = positions(text);
    const { Error, Warning } = vscode.DiagnosticSeverity;
    const diagnostics = judge(text).map((problem) => {
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

  /** What an editor shows goes before the file. */
  private async lookAtFile(uri: vscode.Uri): Promise<void> {
    const judge = this.judgeOf(uri);
    const open = openDocument(uri);
    if (judge === undefined || open !== undefined) {
      // It may have been open before it was known to be ours.
      if (open !== undefined) {
        this.look(open);
      }
      return;
    }
    try {
      const bytes = await vscode.workspace.fs.readFile(uri);
      if (openDocument(uri) === undefined) {
        this.show(uri, new TextDecoder().decode(bytes), judge);
      }
    } catch (thrown) {
      this.collection.delete(uri);
      this.services.log.debug(`${uri.fsPath}: ${toStyxyError(thrown).message}`);
    }
  }

  private judgeOf(uri: vscode.Uri): Judge | undefined {
    if (uri.scheme !== 'file') {
      return undefined;
    }
    const { connection, folders } = this.services;
    const isPlan =
      basename(uri.fsPath) === PLAN_FILE &&
      folders.current.some(({ path }) => path === dirname(uri.fsPath));
    if (isPlan) {
      return (text) => readPlan(text).problems;
    }
    return uri.fsPath === connection.snapshot?.configuration?.path
      ? (text) => readConfiguration(text).problems
      : undefined;
  }

  /** Plans that no editor has open have their problems listed too. */
  private lookAtPlans(): void {
    for (const { path } of this.services.folders.current) {
      void this.lookAtFile(vscode.Uri.joinPath(vscode.Uri.file(path), PLAN_FILE));
    }
  }

  private lookAtConfiguration(): void {
    const configuration = this.services.connection.snapshot?.configuration;
    if (configuration === undefined) {
      return;
    }
    const { problems } = configuration;
    if (problems === this.judged) {
      return;
    }
    this.judged = problems;
    const uri = vscode.Uri.file(configuration.path);
    void this.lookAtFile(uri);
    const key = errorsKey(problems);
    const isNews = key !== this.told;
    this.told = key;
    if (key !== undefined && isNews) {
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
