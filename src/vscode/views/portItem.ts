import * as vscode from 'vscode';
import type { AllocationState, AllocationView } from '../../core/model';
import {
  ageText,
  holderText,
  pairText,
  processText,
  rowLabel,
  rowText,
  stateText,
} from '../presentation';
import type { PortNode, WorkspaceNode } from './tree';
import { nodeId } from './tree';

const ICONS: Readonly<Record<AllocationState, { icon: string; color?: string }>> = {
  reserved: { icon: 'circle-large-outline' },
  listening: { icon: 'circle-large-filled', color: 'charts.green' },
  down: { icon: 'circle-slash', color: 'list.warningForeground' },
  conflict: { icon: 'warning', color: 'list.errorForeground' },
  orphaned: { icon: 'question', color: 'disabledForeground' },
};

export function portItem(node: PortNode, now: number): vscode.TreeItem {
  const { view } = node;
  const item = new vscode.TreeItem(view.service, vscode.TreeItemCollapsibleState.None);
  item.id = nodeId(node);
  item.description = rowText(view, now, vscode.l10n.t);
  item.iconPath = stateIcon(view.state);
  item.tooltip = portTooltip(view);
  item.contextValue = portContext(node);
  item.accessibilityInformation = { label: rowLabel(view, now, vscode.l10n.t), role: 'treeitem' };
  item.command = inspectCommand(node);
  return item;
}

/** What menus may ask of the row of a port. */
export function portContext({ view, own, url }: Pick<PortNode, 'view' | 'own' | 'url'>): string {
  const tokens = ['port', own ? 'own' : 'other', view.state, url === undefined ? '' : 'url'];
  return tokens.filter((token) => token !== '').join(' ');
}

export function inspectCommand(row: { readonly view: AllocationView }): vscode.Command {
  return {
    command: 'styxy.inspectPort',
    title: vscode.l10n.t('Inspect Port'),
    arguments: [row],
  };
}

export function workspaceItem(node: WorkspaceNode): vscode.TreeItem {
  const { Expanded, Collapsed, None } = vscode.TreeItemCollapsibleState;
  const isEmpty = node.ports.length === 0;
  const item = new vscode.TreeItem(node.name, isEmpty ? None : node.own ? Expanded : Collapsed);
  item.id = nodeId(node);
  const count = isEmpty ? vscode.l10n.t('no ports') : portsText(node.ports.length);
  const place = [count, ...whereOpen(node)].join(' · ');
  item.description = place;
  item.iconPath = new vscode.ThemeIcon(node.own ? 'root-folder' : 'folder');
  item.tooltip = node.workspace;
  item.contextValue = ['workspace', node.own ? 'own' : 'other', isEmpty ? 'empty' : 'full'].join(
    ' ',
  );
  item.accessibilityInformation = { label: `${node.name}, ${place}`, role: 'treeitem' };
  return item;
}

function whereOpen({ own, open }: WorkspaceNode): string[] {
  if (own) {
    return [];
  }
  return [open ? vscode.l10n.t('another window') : vscode.l10n.t('not open')];
}

export function portsText(count: number): string {
  return count === 1 ? vscode.l10n.t('1 port') : vscode.l10n.t('{0} ports', count);
}

export function stateIcon(state: AllocationState): vscode.ThemeIcon {
  const { icon, color } = ICONS[state];
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}

export function portTooltip(view: AllocationView): vscode.MarkdownString {
  const { l10n } = vscode;
  const text = new vscode.MarkdownString(undefined, true);
  text.appendMarkdown(`**${view.port}** `);
  text.appendText(pairText(view, l10n.t));
  const process = view.process === undefined ? [] : [processText(view.process, l10n.t)];
  line(text, [stateText(view.state, l10n.t), ...process].join(' · '));
  const holders = view.holders.map((holder) => holderText(view, holder, l10n.t)).join(', ');
  const held = holders === '' ? l10n.t('held by nobody now') : l10n.t('held by {0}', holders);
  const age = ageText(view.allocatedAt, Date.now(), l10n.t);
  line(
    text,
    [l10n.t('type {0}', view.serviceType), l10n.t('allocated: {0}', age), held].join(' · '),
  );
  if (view.group !== undefined) {
    line(text, l10n.t('shared by all workspaces that ask for it'));
  }
  if (view.movedFrom !== undefined) {
    const why = view.movedBecause === undefined ? '' : `: ${view.movedBecause}`;
    line(text, l10n.t('moved from port {0}', view.movedFrom) + why);
  }
  return text;
}

/** A paragraph of a tooltip; `content` may come from outside. */
export function line(text: vscode.MarkdownString, content: string): void {
  text.appendMarkdown('\n\n');
  text.appendText(content);
}
