import * as vscode from 'vscode';
import { DisposableStore } from '../window/dispose';
import { serviceTypesOf } from '../text/serviceTypes';
import type { Services } from '../window/services';

/** What `when` clauses of the manifest may ask. */
type ContextKey = 'styxy.role' | 'styxy.hasPorts' | 'styxy.autoAllocation' | 'styxy.hasAutoTypes';

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
    const { role, snapshot } = connection;
    const enabled = snapshot?.configuration?.autoAllocation.enabled;
    keep('styxy.role', role.kind);
    keep('styxy.hasPorts', (snapshot?.allocations.length ?? 0) > 0);
    keep('styxy.autoAllocation', enabled === undefined ? undefined : enabled ? 'on' : 'off');
    keep(
      'styxy.hasAutoTypes',
      serviceTypesOf(snapshot).some(({ origin }) => origin === 'auto-allocated'),
    );
  };
  store.add(connection.onDidChange(update));
  update();
  return store;
}
