import type { Role } from '../../core/messages/coordinator';
import type { Snapshot } from '../../core/messages/requests';
import type { Connection } from '../window/connection';
import type { StatusBar } from '../views/statusBar';
import type { PortVariables } from '../variables/portVariables';
import type { ServiceTypesView } from '../views/serviceTypesView';
import type { WorkspaceNode } from '../views/portTree';
import type { TypeNode } from '../views/typesTree';
import type { WorkspacesView } from '../views/workspacesView';

/** What tests may look at. Not for other extensions: it changes without notice. */
export interface TestApi {
  /** Milliseconds that `activate` kept the extension host. */
  readonly activationMs: number;
  /** Milliseconds from the start of `activate` to the first snapshot; undefined until then. */
  readonly firstSnapshotMs: number | undefined;
  readonly role: Role;
  readonly snapshot: Snapshot | undefined;
  readonly rows: readonly WorkspaceNode[];
  readonly types: readonly TypeNode[];
  /** What the Service Types view says above its rows. */
  readonly typesMessage: string;
  readonly statusText: string;
  /** Services whose `${command:styxy.port.<service>}` is registered. */
  readonly variables: readonly string[];
  onDidChange(listener: () => void): { dispose(): void };
}

export interface TestApiParts {
  readonly connection: Connection;
  readonly view: WorkspacesView;
  readonly typesView: ServiceTypesView;
  readonly statusBar: StatusBar;
  readonly variables: PortVariables;
  /** `performance.now()` when `activate` began. */
  readonly began: number;
}

export function createTestApi(parts: TestApiParts): TestApi {
  const { connection, view, typesView, statusBar, variables, began } = parts;
  const activationMs = performance.now() - began;
  let firstSnapshotMs: number | undefined;
  const subscription = connection.onDidChange(() => {
    if (connection.snapshot !== undefined) {
      firstSnapshotMs ??= performance.now() - began;
      subscription.dispose();
    }
  });
  return {
    activationMs,
    get firstSnapshotMs() {
      return firstSnapshotMs;
    },
    get role() {
      return connection.role;
    },
    get snapshot() {
      return connection.snapshot;
    },
    get rows() {
      return view.rows;
    },
    get types() {
      return typesView.rows;
    },
    get typesMessage() {
      return typesView.message;
    },
    get statusText() {
      return statusBar.text;
    },
    get variables() {
      return variables.dotted;
    },
    onDidChange: (listener) => connection.onDidChange(listener),
  };
}
