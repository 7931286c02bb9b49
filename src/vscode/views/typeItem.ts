import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { ServiceType } from '../../core/domain/catalogue';
import { troubleParts, folderName, sharedText, stateText, rowLabel } from '../text/allocation';
import {
  originText,
  reservedText,
  sharingSentence,
  typeLabel,
  typeText,
} from '../text/serviceType';
import { inspectCommand, line, portContext, portTooltip, stateIcon } from './portItem';
import type { TypeNode, TypePortNode } from './typesTree';
import { TYPES } from './typesTree';

const ORIGINS: Readonly<Record<ServiceType['origin'], { icon: string; token: string }>> = {
  'built-in': { icon: 'package', token: 'builtIn' },
  configured: { icon: 'gear', token: 'configured' },
  'auto-allocated': { icon: 'wand', token: 'auto' },
};

export function typeItem(node: TypeNode): vscode.TreeItem {
  const { type, figures, ports } = node;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(type.name, ports.length === 0 ? None : Collapsed);
  const { icon, token } = ORIGINS[type.origin];
  item.id = TYPES.id(node);
  item.description = typeText(type, figures);
  item.iconPath = new vscode.ThemeIcon(icon);
  item.tooltip = typeTooltip(node);
  item.contextValue = `type ${token}`;
  item.accessibilityInformation = {
    label: typeLabel(type, figures),
    role: 'treeitem',
  };
  return item;
}

/** `3000 · shop · listening`: the type is known, the place is not. */
export function typePortItem(node: TypePortNode): vscode.TreeItem {
  const { view } = node;
  const item = new vscode.TreeItem(view.service, vscode.TreeItemCollapsibleState.None);
  const place = folderName(view.workspace);
  item.id = TYPES.id(node);
  item.description = [
    view.port,
    place,
    stateText(view.state),
    ...troubleParts(view),
    ...sharedText(view),
  ].join(' · ');
  item.iconPath = stateIcon(view);
  item.tooltip = portTooltip(view);
  item.contextValue = portContext(node);
  item.accessibilityInformation = {
    label: `${rowLabel(view, Date.now())}, ${place}`,
    role: 'treeitem',
  };
  item.command = inspectCommand(node);
  return item;
}

function typeTooltip({ type, figures }: TypeNode): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.appendMarkdown(`**${type.name}** `);
  text.appendText(originText(type));
  const sharing = sharingSentence(type);
  const lines = [
    type.description,
    ...(type.examples.length === 0 ? [] : [t('For example: {0}', type.examples.join(', '))]),
    ...(sharing === undefined ? [] : [sharing]),
    t('Tried first: {0}', type.preferred.join(', ')),
    ...(figures.reserved.length === 0 ? [] : [t('Given to nobody: {0}', reservedText(figures))]),
  ];
  for (const content of lines) {
    line(text, content);
  }
  return text;
}
