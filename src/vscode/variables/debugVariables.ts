import * as vscode from 'vscode';
import { toStyxyError } from '../../core/domain/errors';
import { given } from '../../core/domain/schema';
import type { Services } from '../window/services';
import type { PortVariables } from './portVariables';
import { referencedServices, replaceReferences } from './references';

/**
 * Fills in port variables of launch.json before the debugger's own provider sees them: here the
 * folder is known, and a number can stand where a debugger demands one.
 */
export class DebugVariables implements vscode.DebugConfigurationProvider {
  constructor(
    private readonly services: Services,
    private readonly variables: PortVariables,
  ) {}

  register(): vscode.Disposable {
    return vscode.debug.registerDebugConfigurationProvider('*', this);
  }

  resolveDebugConfiguration(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): vscode.ProviderResult<vscode.DebugConfiguration> {
    const services = referencedServices(configuration);
    return services.size === 0 ? configuration : this.fill(folder, configuration, services);
  }

  private async fill(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
    services: ReadonlySet<string>,
  ): Promise<vscode.DebugConfiguration> {
    const ports = new Map<string, number>();
    try {
      for (const service of services) {
        ports.set(service, await this.portOf(service, folder));
      }
    } catch (thrown) {
      const error = toStyxyError(thrown);
      this.services.log.warn(`launch.json: ${error.code}: ${error.message}`);
      throw new Error(error.message, { cause: error });
    }
    return replaceReferences(configuration, ports);
  }

  /** A configuration of the workspace file has no folder. */
  private portOf(service: string, folder: vscode.WorkspaceFolder | undefined): Promise<number> {
    const passed = folder && [folder.uri.fsPath];
    return this.variables.portOf(given({ service, passed }));
  }
}
