import * as vscode from 'vscode';
import { DisposableStore } from './dispose';
import type { Services } from './services';

/** What `when` clauses of the manifest may ask. */
export const CONTEXT_KEYS = ['styxy.role', 'styxy.hasPorts'] as const;
type ContextKey = (typeof CONTEXT_KEYS)[number];

/** Keeps the context keys in step with the coordinator; sets only what changed. */
export function keepContextKeys({ connection }: Services): vscode.Disposable {
  const store = new DisposableStore();
  const set = new Map<ContextKey, unknown>();
  const keep = (key: ContextKey, value: unknown): void => {
    if (set.get(key) !== value) {
      set.set(key, value);
      void vscode.commands.executeCommand('setContext', key, value);
    }
  };
  const update = (): void => {
    keep('styxy.role', connection.role.kind);
    keep('styxy.hasPorts', (connection.snapshot?.allocations.length ?? 0) > 0);
  };
  store.add(connection.onDidChange(update));
  update();
  return store;
}
