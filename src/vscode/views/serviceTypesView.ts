import type * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { DisposableStore } from '../window/dispose';
import type { Services } from '../window/services';
import { typesItem } from './items';
import { RowTree } from './rowTree';
import { buildTypes, type TypeNode, TYPES, type TypeTreeNode } from './typesTree';

/** The service types in force, how much of each is used, and where each comes from. */
export class ServiceTypesView implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly tree = new RowTree<TypeTreeNode>('styxy.serviceTypes', TYPES, typesItem);

  constructor(private readonly services: Services) {
    this.store.add(this.tree);
    this.store.add(services.connection.onDidChange(() => this.update()));
    this.store.add(services.folders.onDidChange(() => this.update()));
    this.update();
  }

  /** The rows as drawn last. */
  get rows(): readonly TypeNode[] {
    return this.tree.roots.filter((node) => node.kind === 'type');
  }

  /** Above the rows: what is wrong or switched off. */
  get message(): string {
    return this.tree.view.message ?? '';
  }

  dispose(): void {
    this.store.dispose();
  }

  private update(): void {
    const { connection, folders } = this.services;
    const { snapshot } = connection;
    const isOwn = (workspace: string): boolean => folders.find(workspace) !== undefined;
    this.tree.show(buildTypes(snapshot, isOwn));
    this.tree.view.message = this.messageText();
  }

  private messageText(): string {
    const { role, snapshot } = this.services.connection;
    if (role.kind === 'unreachable' && snapshot !== undefined) {
      return t('Not connected: this is what was known last. {0}', role.problem);
    }
    const problems = snapshot?.configuration?.problems ?? [];
    const error = problems.find(({ severity }) => severity === 'error');
    if (error !== undefined) {
      return t(
        'config.json has errors, and what was read before stays in force. {0}',
        error.message,
      );
    }
    return snapshot?.configuration?.autoAllocation.enabled === false
      ? t('Auto-allocation is off: only these types get ports.')
      : '';
  }
}
