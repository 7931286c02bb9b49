import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { toStyxyError } from '../../core/domain/errors';
import type { AllocationView } from '../../core/domain/model';
import type { InspectAnswer } from '../../core/messages/requests';
import type { Connection } from '../window/connection';
import { ask } from '../window/request';
import { serviceTypesOf } from '../text/serviceTypes';
import { inspectPage } from './inspectPage';
import { INSPECT_STYLE } from './inspectStyle';

/** The only commands that links of the page may run. */
const PAGE_COMMANDS = [
  'styxy.inspectPort',
  'styxy.openInBrowser',
  'styxy.copyPort',
  'styxy.copyUrl',
  'styxy.movePort',
  'styxy.moveToFreePort',
  'styxy.releasePort',
];

/**
 * The page of one port, in one tab that shows the port asked for last. It has no scripts; it is
 * drawn again when what the leader pushes about its port changes.
 */
export class InspectPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private port = 0;
  private drawn: string | undefined;
  private readonly subscription: { dispose(): void };

  constructor(
    private readonly connection: Connection,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscription = connection.onDidChange(() => this.followChange());
  }

  /** Errors: those of `inspect`. */
  async show(port: number): Promise<void> {
    const answer = await this.inspect(port);
    this.port = port;
    this.panel ??= this.createPanel();
    this.draw(this.panel, answer);
    this.panel.reveal();
  }

  dispose(): void {
    this.subscription.dispose();
    this.panel?.dispose();
  }

  private createPanel(): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel('styxy.inspect', '', vscode.ViewColumn.Active, {
      enableScripts: false,
      enableCommandUris: PAGE_COMMANDS,
      localResourceRoots: [],
    });
    panel.onDidDispose(() => {
      this.panel = undefined;
    });
    return panel;
  }

  private inspect(port: number): Promise<InspectAnswer> {
    return ask(this.connection, t('Inspect Port'), (coordinator, options) =>
      coordinator.inspect({ port }, options),
    );
  }

  private draw(panel: vscode.WebviewPanel, answer: InspectAnswer): void {
    this.drawn = this.pushed();
    panel.title = t('Port {0}', answer.port);
    const body = inspectPage(answer, {
      types: serviceTypesOf(this.connection.snapshot),
      now: Date.now(),
      time: timeText,
    });
    panel.webview.html = page(body, panel.title);
  }

  private followChange(): void {
    if (this.panel === undefined || this.pushed() === this.drawn) {
      return;
    }
    this.drawn = this.pushed();
    const { port } = this;
    this.inspect(port).then(
      (answer) => {
        if (this.panel !== undefined && this.port === port) {
          this.draw(this.panel, answer);
        }
      },
      (thrown: unknown) =>
        this.log.warn(`The page of port ${port} stays old: ${toStyxyError(thrown).message}`),
    );
  }

  /** What the leader says of the port, to compare. */
  private pushed(): string {
    const about = ({ port }: AllocationView): boolean => port === this.port;
    return JSON.stringify(this.connection.snapshot?.allocations.find(about));
  }
}

function timeText(at: number): string {
  return new Date(at).toLocaleString(vscode.env.language, {
    dateStyle: 'medium',
    timeStyle: 'medium',
  });
}

function page(body: string, title: string): string {
  const nonce = randomBytes(16).toString('base64');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'">
<title>${title}</title>
<style nonce="${nonce}">${INSPECT_STYLE}</style>
</head>
<body>${body}</body>
</html>`;
}
