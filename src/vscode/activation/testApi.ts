import type { Role } from '../../core/messages/coordinator';
import type { Snapshot } from '../../core/messages/requests';
import type { Connection } from '../window/connection';
import type { StatusBar } from '../views/statusBar';
import type { PortVariables } from '../variables/portVariables';
import type { ServiceTypesView } from '../views/serviceTypesView';
import type { WorkspaceNode } from '../views/portTree';
import type { TypeNode } from '../views/typesTree';
import type { WorkspacesView } from '../views/workspacesView';

interface TestApiParts {
  readonly connection: Connection;
  readonly view: WorkspacesView;
  readonly typesView: ServiceTypesView;
  readonly statusBar: StatusBar;
  readonly variables: PortVariables;
  /** `performance.now()` when `activate` began. */
  readonly began: number;
}

/** What tests may look at. Not for other extensions: it changes without notice. */
export class TestApi {
  /** Milliseconds that `activate` kept the extension host. */
  readonly activationMs: number;
  /** Milliseconds from the start of `activate` to the first snapshot; undefined until then. */
  firstSnapshotMs: number | undefined;

  constructor(private readonly parts: TestApiParts) {
    const { connection, began } = parts;
    this.activationMs = performance.now() - began;
    const subscription = connection.onDidChange(() => {
      if (connection.snapshot !== undefined) {
        this.firstSnapshotMs ??= performance.now() - began;
        subscription.dispose();
      }
    });
  }

  get role(): Role {
    return this.parts.connection.role;
  }

  get snapshot(): Snapshot | undefined {
    return this.parts.connection.snapshot;
  }

  get rows(): readonly WorkspaceNode[] {
    return this.parts.view.rows;
  }

  get types(): readonly TypeNode[] {
    return this.parts.typesView.rows;
  }

  /** What the Service Types view says above its rows. */
  get typesMessage(): string {
    return this.parts.typesView.message;
  }

  get statusText(): string {
    return this.parts.statusBar.text;
  }

  /** Services whose `${command:styxy.port.<service>}` is registered. */
  get variables(): readonly string[] {
    return this.parts.variables.dotted;
  }

  onDidChange(listener: () => void): { dispose(): void } {
    return this.parts.connection.onDidChange(listener);
  }
}
