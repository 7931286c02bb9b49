import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { Connection } from '../window/connection';
import { localTime } from '../text/localTime';
import { ask } from '../window/request';
import type { AuditQuestion } from '../window/services';
import { queryOf, questionText, readQuestion } from './auditQuestion';
import { auditText } from './auditText';

const SCHEME = 'styxy-audit';

/** The audit log as read-only documents, one for each part of it that was asked for. */
export class AuditDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration: vscode.Disposable;
  /** What was read last, by the address of the document. */
  private readonly texts = new Map<string, string>();

  constructor(private readonly connection: Connection) {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  /** Opens that part, or reads it anew. Errors: those of `audit`. */
  async show(question: AuditQuestion): Promise<void> {
    const uri = uriOf(question);
    this.texts.set(uri.toString(), await this.read(question));
    this.changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document);
    const end = document.lineAt(document.lineCount - 1).range.end;
    editor.revealRange(new vscode.Range(end, end));
  }

  /** A document that the editor restores after a reload is read then. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const known = this.texts.get(uri.toString());
    const text = known ?? (await this.read(questionOf(uri)));
    this.texts.set(uri.toString(), text);
    return text;
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  private async read(question: AuditQuestion): Promise<string> {
    const query = queryOf(question, Date.now());
    const answer = await ask(this.connection, t('Show Audit Log'), (coordinator, options) =>
      coordinator.audit(query, options),
    );
    return auditText(answer, question, { time: localTime });
  }
}

/** Its path is what the tab shows; the query is the question. */
function uriOf(question: AuditQuestion): vscode.Uri {
  const name = `${t('Styxy Audit Log')} (${questionText(question)})`;
  return vscode.Uri.from({
    scheme: SCHEME,
    path: `/${name.replace(/[/\\]/g, '-')}.log`,
    query: JSON.stringify(question),
  });
}

function questionOf({ query }: vscode.Uri): AuditQuestion {
  let passed: unknown;
  try {
    passed = JSON.parse(query);
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) {
      throw thrown;
    }
  }
  return readQuestion(passed) ?? { kind: 'all' };
}
