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
    return ask(this.connection, t('Inspect Port'), 'inspect', { port });
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
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>${body}</body>
</html>`;
}

/** The page in the editor's own colours and fonts, high contrast included. */
const STYLE = `
body { font-size: var(--vscode-font-size); line-height: 1.5; padding: 0; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
header { display: flex; align-items: center; gap: 1.5rem; }
header p { margin: 0; }
h1 { font-size: 1.5em; font-weight: 600; margin: 0 0 .25rem; }
h2 { font-size: 1em; font-weight: 600; margin: 0 0 .4rem; }
.port { font-size: 3em; font-weight: 300; line-height: 1; font-variant-numeric: tabular-nums; }
.state { border: 1px solid currentColor; border-radius: 1em; padding: 0 .6em; margin-right: .4em;
  font-size: .9em; color: var(--vscode-descriptionForeground); white-space: nowrap; }
.state.listening { color: var(--vscode-charts-green, currentColor); }
.state.down { color: var(--vscode-list-warningForeground, currentColor); }
.state.conflict { color: var(--vscode-list-errorForeground, currentColor); }
nav { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: 1.25rem; }
nav a { padding: .2rem .8rem; border-radius: 2px; text-decoration: none;
  color: var(--vscode-button-secondaryForeground);
  background: var(--vscode-button-secondaryBackground);
  border: 1px solid var(--vscode-contrastBorder, var(--vscode-button-secondaryBorder,
    var(--vscode-widget-border, transparent))); }
nav a.first { color: var(--vscode-button-foreground); background: var(--vscode-button-background);
  border-color: var(--vscode-contrastBorder, transparent); }
nav a:hover { background: var(--vscode-button-secondaryHoverBackground); }
nav a.first:hover { background: var(--vscode-button-hoverBackground); }
a:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
section { margin-top: 1.75rem; }
section > p { margin: 0; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .3rem 1rem .3rem 0;
  border-top: 1px solid var(--vscode-widget-border, var(--vscode-panel-border)); }
th { width: 9rem; font-weight: normal; color: var(--vscode-descriptionForeground); }
td { overflow-wrap: anywhere; }
.history td:first-child { white-space: nowrap; width: 9rem;
  color: var(--vscode-descriptionForeground); }
.history td.quiet { width: 25%; }
.lately td:nth-child(2) { white-space: nowrap; width: 5rem; }
ul { list-style: none; margin: 0; padding: 0; }
code { font-family: var(--vscode-editor-font-family); background: none; color: inherit; padding: 0; }
.quiet, footer { color: var(--vscode-descriptionForeground); }
.finding.forbidden { color: var(--vscode-list-warningForeground, currentColor); }
footer { margin-top: 2rem; font-size: .9em; }
`;
