/** What the doctor wants to know of the machine. */
import type { MachineFacts } from '../core/doctor';
import type { MachineReader } from '../core/ports';

export interface SystemMachineOptions {
  /** Canonical. */
  readonly home: string;
  readonly hostFolder: string;
}

export class SystemMachine implements MachineReader {
  readonly #options: SystemMachineOptions;

  constructor(options: SystemMachineOptions) {
    this.#options = options;
  }

  async look(socket: string): Promise<MachineFacts> {
    const { home, hostFolder } = this.#options;
    return {
      platform: process.platform,
      node: process.versions.node,
      home: { path: home, hostFolder, exposed: [], quarantined: [], hardLinks: true },
      socket: { path: socket, present: true },
      tools: [],
      excluded: [],
      untold: [],
    };
  }
}
