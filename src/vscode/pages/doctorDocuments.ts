import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { toStyxyError } from '../../core/domain/errors';
import { findingsWithoutLeader } from '../../core/doctor/findings';
import type { MachineFacts } from '../../core/host/interfaces';
import type { Connection } from '../window/connection';
import { localTime } from '../text/localTime';
import { ask } from '../window/request';
import type { DoctorPage } from '../window/services';
import { doctorText, doctorTextWithoutLeader, recoveryText } from './doctorText';

const SCHEME = 'styxy-doctor';

export interface DoctorDocumentsOptions {
  readonly connection: Connection;
  /** What the machine tells where nobody can lead. Errors: `invalid_argument`. */
  lookAtRefusedHome(): Promise<MachineFacts>;
}

/** The doctor and the recovery report as read-only documents: they can be searched and copied. */
export class DoctorDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration: vscode.Disposable;
  /** What was read last, by the address of the document. */
  private readonly texts = new Map<string, string>();

  constructor(private readonly options: DoctorDocumentsOptions) {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  /** Opens the page, or reads it anew. Errors: those of `doctor`, `cancelled` only for the doctor. */
  async show(page: DoctorPage): Promise<void> {
    const uri = uriOf(page);
    this.texts.set(uri.toString(), await this.read(page));
    this.changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: false });
  }

  /** A document that the editor restores after a reload is read then. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const known = this.texts.get(uri.toString());
    const text = known ?? (await this.read(uri.query === 'recovery' ? 'recovery' : 'doctor'));
    this.texts.set(uri.toString(), text);
    return text;
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  private read(page: DoctorPage): Promise<string> {
    return page === 'doctor' ? this.readDoctor() : this.readRecovery();
  }

  private async readRecovery(): Promise<string> {
    const { recovery } = await ask(
      this.options.connection,
      t('Show Recovery Report'),
      (coordinator, options) => coordinator.doctor(options),
    );
    return recoveryText(recovery, { time: localTime });
  }

  /** That nobody can lead is a finding like the others. Errors: `cancelled`. */
  private async readDoctor(): Promise<string> {
    try {
      const answer = await ask(this.options.connection, t('Diagnose'), (coordinator, options) =>
        coordinator.doctor(options),
      );
      return doctorText(answer, { time: localTime });
    } catch (thrown) {
      const error = toStyxyError(thrown);
      if (error.code === 'cancelled') {
        throw error;
      }
      // What keeps the home from being found is the error itself.
      const machine = await this.options.lookAtRefusedHome().catch(() => undefined);
      return doctorTextWithoutLeader(findingsWithoutLeader(error, machine), machine);
    }
  }
}

/** Its path is what the tab shows; the query is the page. */
function uriOf(page: DoctorPage): vscode.Uri {
  const name = page === 'doctor' ? t('Styxy Doctor') : t('Styxy Recovery Report');
  return vscode.Uri.from({
    scheme: SCHEME,
    path: `/${name.replace(/[/\\]/g, '-')}.md`,
    query: page,
  });
}
