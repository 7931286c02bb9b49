import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { AllocationState, AllocationView, Observation } from '../../core/domain/model';
import { escapeMarkdown } from '../text/markdown';
import {
  observedSentences,
  ageText,
  holderText,
  pairText,
  stateText,
  rowLabel,
  rowText,
} from '../text/allocation';
import type { PortNode, WorkspaceNode } from './portTree';
import { nodeId } from './portTree';
import { processText } from '../../core/domain/text';

interface Icon {
  readonly icon: string;
  readonly color?: string;
}

const ICONS: Readonly<Record<AllocationState, Icon>> = {
  reserved: { icon: 'circle-large-outline' },
  listening: { icon: 'circle-large-filled', color: 'charts.green' },
  down: { icon: 'circle-slash', color: 'list.warningForeground' },
  conflict: { icon: 'warning', color: 'list.errorForeground' },
  orphaned: { icon: 'question', color: 'disabledForeground' },
};
const UNHEALTHY: Icon = { icon: 'pulse', color: 'list.warningForeground' };

export function portItem(node: PortNode, now: number): vscode.TreeItem {
  const { view } = node;
  const item = new vscode.TreeItem(view.service, vscode.TreeItemCollapsibleState.None);
  item.id = nodeId(node);
  item.description = rowText(view, now);
  item.iconPath = stateIcon(view);
  item.tooltip = portTooltip(view);
  item.contextValue = portContext(node);
  item.accessibilityInformation = { label: rowLabel(view, now), role: 'treeitem' };
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
    title: t('Inspect Port'),
    arguments: [row],
  };
}

export function workspaceItem(node: WorkspaceNode): vscode.TreeItem {
  const { Expanded, Collapsed, None } = vscode.TreeItemCollapsibleState;
  const isEmpty = node.ports.length === 0;
  const item = new vscode.TreeItem(node.name, isEmpty ? None : node.own ? Expanded : Collapsed);
  item.id = nodeId(node);
  const count = isEmpty ? t('no ports') : portsText(node.ports.length);
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
  return [open ? t('another window') : t('not open')];
}

export function portsText(count: number): string {
  return count === 1 ? t('1 port') : t('{0} ports', count);
}

export function stateIcon({ state, health }: Observation): vscode.ThemeIcon {
  const { icon, color } = health?.ok === false ? UNHEALTHY : ICONS[state];
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}

export function portTooltip(view: AllocationView): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.appendMarkdown(`**${view.port}** `);
  text.appendText(pairText(view));
  // The sentence of a conflict names the process.
  const isNamed = view.process === undefined || view.state === 'conflict';
  const process = isNamed ? [] : [processText(view.process)];
  line(text, [stateText(view.state), ...process].join(' · '));
  for (const sentence of observedSentences(view)) {
    line(text, sentence);
  }
  const holders = view.holders.map((holder) => holderText(view, holder)).join(', ');
  const held = holders === '' ? t('held by nobody now') : t('held by {0}', holders);
  const age = ageText(view.allocatedAt, Date.now());
  line(text, [t('type {0}', view.serviceType), t('allocated: {0}', age), held].join(' · '));
  if (view.group !== undefined) {
    line(text, t('shared by all workspaces that ask for it'));
  }
  if (view.movedFrom !== undefined) {
    const why = view.movedBecause === undefined ? '' : `: ${view.movedBecause}`;
    line(text, t('moved from port {0}', view.movedFrom) + why);
  }
  return text;
}

/** A paragraph of a tooltip; `content` may come from outside. */
export function line(text: vscode.MarkdownString, content: string): void {
  text.appendMarkdown(`\n\n${escapeMarkdown(content)}`);
}
