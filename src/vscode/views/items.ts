/** The rows of both views as the editor draws them. */
import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { ServiceType } from '../../core/domain/catalogue';
import type { AllocationState, AllocationView } from '../../core/domain/model';
import { processText } from '../../core/domain/text';
import {
  ageText,
  folderName,
  holderText,
  observedSentences,
  pairText,
  rowLabel,
  rowText,
  sharedText,
  stateText,
  troubleParts,
} from '../text/allocation';
import { escapeMarkdown } from '../text/markdown';
import {
  originText,
  reservedText,
  sharingSentence,
  typeLabel,
  typeText,
} from '../text/serviceTypes';
import { nodeId, type PortNode, type TreeNode, type WorkspaceNode } from './portTree';
import { type TypeNode, TYPES, type TypeTreeNode } from './typesTree';

const { Expanded, Collapsed, None } = vscode.TreeItemCollapsibleState;

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

const ORIGINS: Readonly<Record<ServiceType['origin'], { icon: string; token: string }>> = {
  'built-in': { icon: 'package', token: 'builtIn' },
  configured: { icon: 'gear', token: 'configured' },
  'auto-allocated': { icon: 'wand', token: 'auto' },
};

/** A row of the tree of workspaces. */
export function workspacesItem(node: TreeNode): vscode.TreeItem {
  if (node.kind === 'workspace') {
    return workspaceItem(node);
  }
  const now = Date.now();
  return portItem(node, nodeId(node), rowText(node.view, now), rowLabel(node.view, now));
}

/** A row of the tree of types. Under a type's row the type is known, the place is not. */
export function typesItem(node: TypeTreeNode): vscode.TreeItem {
  if (node.kind === 'type') {
    return typeItem(node);
  }
  const { view } = node;
  const { port, state, workspace } = view;
  const place = folderName(workspace);
  const parts = [port, place, stateText(state), ...troubleParts(view), ...sharedText(view)];
  const spoken = `${rowLabel(view, Date.now())}, ${place}`;
  return portItem(node, TYPES.id(node), parts.join(' · '), spoken);
}

/** `spoken` is the row in words, for those who hear it. */
function rowItem(
  label: string,
  spoken: string,
  rest: Pick<vscode.TreeItem, 'id' | 'description' | 'iconPath' | 'tooltip' | 'contextValue'> &
    Partial<Pick<vscode.TreeItem, 'command' | 'collapsibleState'>>,
): vscode.TreeItem {
  const accessibilityInformation = { label: spoken, role: 'treeitem' };
  return Object.assign(new vscode.TreeItem(label, None), { accessibilityInformation, ...rest });
}

function portItem(
  node: PortNode,
  id: string,
  description: string,
  spoken: string,
): vscode.TreeItem {
  const { view, own, url } = node;
  const { icon, color } = view.health?.ok === false ? UNHEALTHY : ICONS[view.state];
  const themeColor = color === undefined ? undefined : new vscode.ThemeColor(color);
  return rowItem(view.service, spoken, {
    id,
    description,
    iconPath: new vscode.ThemeIcon(icon, themeColor),
    tooltip: portTooltip(view),
    // What menus may ask of the row.
    contextValue: ['port', own ? 'own' : 'other', view.state, url === undefined ? '' : 'url'].join(
      ' ',
    ),
    command: { command: 'styxy.inspectPort', title: t('Inspect Port'), arguments: [node] },
  });
}

function workspaceItem(node: WorkspaceNode): vscode.TreeItem {
  const { name, own, open, workspace, ports } = node;
  const isEmpty = ports.length === 0;
  const place = [
    isEmpty ? t('no ports') : portsText(ports.length),
    ...(own ? [] : [open ? t('another window') : t('not open')]),
  ].join(' · ');
  return rowItem(name, `${name}, ${place}`, {
    id: nodeId(node),
    description: place,
    iconPath: new vscode.ThemeIcon(own ? 'root-folder' : 'folder'),
    tooltip: workspace,
    contextValue: `workspace ${own ? 'own' : 'other'} ${isEmpty ? 'empty' : 'full'}`,
    collapsibleState: isEmpty ? None : own ? Expanded : Collapsed,
  });
}

export function portsText(count: number): string {
  return count === 1 ? t('1 port') : t('{0} ports', count);
}

function typeItem(node: TypeNode): vscode.TreeItem {
  const { type, figures, ports } = node;
  const { icon, token } = ORIGINS[type.origin];
  return rowItem(type.name, typeLabel(type, figures), {
    id: TYPES.id(node),
    description: typeText(type, figures),
    iconPath: new vscode.ThemeIcon(icon),
    tooltip: typeTooltip(node),
    contextValue: `type ${token}`,
    collapsibleState: ports.length === 0 ? None : Collapsed,
  });
}

function portTooltip(view: AllocationView): vscode.MarkdownString {
  const { group, movedBecause, movedFrom, port, process, serviceType, state } = view;
  // The sentence of a conflict names the process.
  const isNamed = process === undefined || state === 'conflict';
  const holders = view.holders.map((holder) => holderText(view, holder)).join(', ');
  const held = holders === '' ? t('held by nobody now') : t('held by {0}', holders);
  const age = ageText(view.allocatedAt, Date.now());
  const why = movedBecause === undefined ? '' : `: ${movedBecause}`;
  return tooltip(String(port), pairText(view), [
    [stateText(state), ...(isNamed ? [] : [processText(process)])].join(' · '),
    ...observedSentences(view),
    [t('type {0}', serviceType), t('allocated: {0}', age), held].join(' · '),
    ...(group === undefined ? [] : [t('shared by all workspaces that ask for it')]),
    ...(movedFrom === undefined ? [] : [t('moved from port {0}', movedFrom) + why]),
  ]);
}

function typeTooltip({ type, figures }: TypeNode): vscode.MarkdownString {
  const sharing = sharingSentence(type);
  return tooltip(type.name, originText(type), [
    type.description,
    ...(type.examples.length === 0 ? [] : [t('For example: {0}', type.examples.join(', '))]),
    ...(sharing === undefined ? [] : [sharing]),
    t('Tried first: {0}', type.preferred.join(', ')),
    ...(figures.reserved.length === 0 ? [] : [t('Given to nobody: {0}', reservedText(figures))]),
  ]);
}

/** `title` means nothing in Markdown; everything else may come from outside. */
function tooltip(title: string, what: string, lines: readonly string[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.appendMarkdown(`**${title}** `);
  text.appendText(what);
  for (const line of lines) {
    text.appendMarkdown(`\n\n${escapeMarkdown(line)}`);
  }
  return text;
}
