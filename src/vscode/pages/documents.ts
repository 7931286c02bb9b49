/** Pages that can be searched and copied: audit log, doctor, recovery report. */
import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { toStyxyError } from '../../core/domain/errors';
import { parsedJson } from '../../core/domain/schema';
import { findingsWithoutLeader } from '../../core/doctor/findings';
import type { MachineFacts } from '../../core/host/interfaces';
import type { Connection } from '../window/connection';
import { ask } from '../window/request';
import type { AuditQuestion, DoctorPage } from '../window/services';
import { askedQuestion, auditText, readQuestion } from './auditText';
import { doctorText, recoveryText } from './doctorText';

interface DocumentsOptions<Subject> {
  readonly scheme: string;
  /** What the tab shows. */
  name(subject: Subject): string;
  /** The query of the document's address. */
  encode(subject: Subject): string;
  decode(query: string): Subject;
  read(subject: Subject): Promise<string>;
  open(document: vscode.TextDocument): Promise<void>;
}

/** One document for each subject that was asked for. */
export class Documents<Subject> implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration: vscode.Disposable;
  /** What was read last, by the address of the document. */
  private readonly texts = new Map<string, string>();

  constructor(private readonly options: DocumentsOptions<Subject>) {
    const { scheme } = options;
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  /** Opens the document, or reads it anew. Errors: those of `read`. */
  async show(subject: Subject): Promise<void> {
    const { scheme, name, encode, read, open } = this.options;
    const path = `/${name(subject).replace(/[/\\]/g, '-')}`;
    const uri = vscode.Uri.from({ scheme, path, query: encode(subject) });
    this.texts.set(uri.toString(), await read(subject));
    this.changed.fire(uri);
    await open(await vscode.workspace.openTextDocument(uri));
  }

  /** A document that the editor restores after a reload is read then. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { decode, read } = this.options;
    const text = this.texts.get(uri.toString()) ?? (await read(decode(uri.query)));
    this.texts.set(uri.toString(), text);
    return text;
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

/** The audit log. Errors of reading: those of `audit`. */
export function auditDocuments(connection: Connection): Documents<AuditQuestion> {
  return new Documents({
    scheme: 'styxy-audit',
    name: (question) => `${t('Styxy Audit Log')} (${askedQuestion(question, Date.now()).text}).log`,
    encode: (question) => JSON.stringify(question),
    decode: (query) => readQuestion(parsedJson(query)) ?? { kind: 'all' },
    read: async (question) => {
      const asked = askedQuestion(question, Date.now());
      const answer = await ask(connection, t('Show Audit Log'), 'audit', asked.query);
      return auditText(answer, asked);
    },
    open: async (document) => {
      const editor = await vscode.window.showTextDocument(document);
      const end = document.lineAt(document.lineCount - 1).range.end;
      editor.revealRange(new vscode.Range(end, end));
    },
  });
}

/**
 * The doctor and the recovery report. `lookAtRefusedHome` gives the machine's facts where no leader
 * is possible. Errors of reading: those of `doctor`, for the doctor itself only `cancelled`.
 */
export function doctorDocuments(
  connection: Connection,
  lookAtRefusedHome: () => Promise<MachineFacts>,
): Documents<DoctorPage> {
  const examine = (title: string) => ask(connection, title, 'doctor');
  return new Documents({
    scheme: 'styxy-doctor',
    name: (page) => `${page === 'doctor' ? t('Styxy Doctor') : t('Styxy Recovery Report')}.md`,
    encode: (page) => page,
    decode: (query) => (query === 'recovery' ? 'recovery' : 'doctor'),
    read: async (page) => {
      if (page === 'recovery') {
        return recoveryText((await examine(t('Show Recovery Report'))).recovery);
      }
      try {
        return doctorText(await examine(t('Diagnose')));
      } catch (thrown) {
        // That there can be no leader is a finding like the others.
        const error = toStyxyError(thrown);
        if (error.code === 'cancelled') {
          throw error;
        }
        // What keeps the home from being found is the error itself.
        const machine = await lookAtRefusedHome().catch(() => undefined);
        return doctorText({ findings: findingsWithoutLeader(error, machine), machine });
      }
    },
    open: async (document) => {
      await vscode.window.showTextDocument(document, { preview: false });
    },
  });
}
