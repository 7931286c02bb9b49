import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { AllocationView } from '../../core/domain/model';
import { DisposableStore } from '../window/dispose';
import { escapeMarkdown } from '../text/markdown';
import { conflictSentence, stateParts } from '../text/allocation';
import { serviceTypesOf, urlOf } from '../text/serviceTypes';
import type { Services } from '../window/services';
import { onDidChangeSetting, setting } from '../window/settings';
import { seenFromAll } from '../text/sharing';
import { inOrder, statusContent } from '../text/statusContent';

/** Left of most others: it is about the workspace, like the branch. */
const PRIORITY = 40;
/** A tooltip is no list of everything: the view is. */
const MAX_IN_TOOLTIP = 12;
/** Conflicts that are shown as whole sentences below the table. */
const MAX_CONFLICTS = 3;

/** The only commands that links of the tooltip may run. */
const TOOLTIP_COMMANDS = [
  'styxy.allocatePort',
  'styxy.inspectPort',
  'styxy.moveToFreePort',
  '_styxy.showLog',
];

/** One item for this window's ports; the tooltip holds them all, and who leads. */
export class StatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly store = new DisposableStore();

  constructor(private readonly services: Services) {
    const { Left } = vscode.StatusBarAlignment;
    this.item = vscode.window.createStatusBarItem('styxy.ports', Left, PRIORITY);
    this.item.name = t('Styxy Ports');
    this.item.command = 'styxy.workspaces.focus';
    this.store.add(this.item);
    this.store.add(services.connection.onDidChange(() => this.draw()));
    this.store.add(services.folders.onDidChange(() => this.draw()));
    this.store.add(onDidChangeSetting('statusBar.visible', () => this.draw()));
    this.draw();
  }

  /** As shown, with codicons. */
  get text(): string {
    return this.item.text;
  }

  dispose(): void {
    this.store.dispose();
  }

  private draw(): void {
    const { connection } = this.services;
    const ports = this.ownPorts();
    const content = statusContent(connection.role, ports);
    this.item.text = content.text;
    this.item.accessibilityInformation = { label: content.spoken, role: 'button' };
    this.item.backgroundColor = content.warn
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    this.item.tooltip = this.tooltip(ports ?? []);
    if (setting('statusBar.visible')) {
      this.item.show();
    } else {
      this.item.hide();
    }
  }

  private ownPorts(): readonly AllocationView[] | undefined {
    const { connection, folders } = this.services;
    return connection.snapshot?.allocations
      .flatMap(seenFromAll)
      .filter(({ workspace }) => folders.find(workspace) !== undefined);
  }

  private tooltip(ports: readonly AllocationView[]): vscode.MarkdownString {
    const types = serviceTypesOf(this.services.connection.snapshot);
    const rows = inOrder(ports)
      .slice(0, MAX_IN_TOOLTIP)
      .map((view) => tableRow(view, urlOf(view, types)));
    const more = ports.length - rows.length;
    const conflicts = ports.filter(({ state }) => state === 'conflict').slice(0, MAX_CONFLICTS);
    const allocate = `[${t('Allocate Port...')}](command:styxy.allocatePort)`;
    const log = `[${t('Show Log')}](command:_styxy.showLog)`;
    const paragraphs = [
      `**${t('Styxy Ports')}**`,
      ...(rows.length === 0 ? [] : [['| | | |', '|:--|--:|:--|', ...rows].join('\n')]),
      ...(more === 0 ? [] : [escapeMarkdown(t('and {0} more', more))]),
      ...conflicts.map((view) => `${escapeMarkdown(conflictSentence(view))} ${moveLink(view)}`),
      escapeMarkdown(this.roleText()),
      `${allocate} · ${log}`,
    ];
    const text = new vscode.MarkdownString(paragraphs.join('\n\n'), true);
    text.isTrusted = { enabledCommands: TOOLTIP_COMMANDS };
    return text;
  }

  private roleText(): string {
    const { role, snapshot } = this.services.connection;
    switch (role.kind) {
      case 'connecting':
        return t('Connecting to the other windows.');
      case 'unreachable':
        return t('Not connected. {0}', role.problem);
      case 'leader':
        return t('This window is the leader (epoch {0}).', role.epoch);
      case 'follower':
        return snapshot === undefined
          ? t('This window is a follower (epoch {0}).', role.epoch)
          : t(
              'This window is a follower (epoch {0}); {1} leads.',
              role.epoch,
              snapshot.leader.label,
            );
    }
  }
}

/** Names are restricted to characters that mean nothing in a table; commands are not. */
function tableRow(view: AllocationView, target: string | undefined): string {
  const port = target === undefined ? String(view.port) : `[${view.port}](${target})`;
  const inspect = commandLink('styxy.inspectPort', { id: view.id });
  const state = stateParts(view).join(' · ');
  return `| [${view.service}](${inspect}) | ${port} | ${escapeMarkdown(state)} |`;
}

function moveLink({ id, workspace, service }: AllocationView): string {
  const target = commandLink('styxy.moveToFreePort', { id, workspace, service });
  return `[${t('Move to a Free Port')}](${target})`;
}

/** Brackets of a path would end the link. */
function commandLink(command: string, argument: object): string {
  const query = encodeURIComponent(JSON.stringify([argument]));
  return `command:${command}?${query.replaceAll('(', '%28').replaceAll(')', '%29')}`;
}
