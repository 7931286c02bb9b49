import type { Page } from 'playwright-core';
import { WAIT_MS, waitFor } from './waiting';

/** What a window needs from the server that serves it. */
export interface WindowServer {
  readonly url: string;
  /** The processes in which the extensions of all windows run. */
  readonly extensionHosts: () => Promise<readonly number[]>;
}

/** A window's page and the process behind it: loading, reloading, crashing, closing. */
export class WindowProcess {
  private hostPid: number | undefined;
  private hostsBeforeKill: readonly number[] = [];

  constructor(
    readonly page: Page,
    private readonly server: WindowServer,
  ) {}

  /** The process that runs this window's extensions. */
  get extensionHostPid(): number {
    if (this.hostPid === undefined) {
      throw new Error('This window has no extension host.');
    }
    return this.hostPid;
  }

  /** Loads the window's page and waits until its extension host runs. */
  async load(): Promise<void> {
    const before = await this.server.extensionHosts();
    await this.page.goto(this.server.url);
    await this.ready(before);
  }

  /** Loads the page again, as the command "Reload Window" does. */
  async reload(): Promise<void> {
    const before = await this.server.extensionHosts();
    await this.page.reload();
    await this.ready(before);
  }

  private async ready(before: readonly number[]): Promise<void> {
    await this.page.locator('.monaco-workbench .statusbar-item').first().waitFor();
    const [pid] = await waitFor({
      what: 'the extension host of the new window',
      read: async () => (await this.server.extensionHosts()).filter((id) => !before.includes(id)),
      until: (pids) => pids.length === 1,
    });
    this.hostPid = pid;
  }

  /**
   * Ends the extension host as a crash would, and resolves when the process is gone. The editor
   * starts another one by itself (see `waitForNewHost`) unless it runs an extension under
   * development, or has seen three crashes within five minutes; then only `reload` helps.
   */
  async killExtensionHost(): Promise<void> {
    const pid = this.extensionHostPid;
    this.hostsBeforeKill = await this.server.extensionHosts();
    process.kill(pid, 'SIGKILL');
    this.hostPid = undefined;
    await this.gone(pid);
  }

  /** After `killExtensionHost`: waits for the extension host that takes its place. */
  async waitForNewHost(): Promise<number> {
    await this.ready(this.hostsBeforeKill);
    return this.extensionHostPid;
  }

  /** Closes the window as a person does, and waits until its extension host has ended. */
  async close(): Promise<void> {
    const pid = this.hostPid;
    if (!this.page.isClosed()) {
      const closed = this.page.waitForEvent('close', { timeout: WAIT_MS });
      await this.page.close({ runBeforeUnload: true });
      await closed;
    }
    this.hostPid = undefined;
    if (pid !== undefined) {
      await this.gone(pid);
    }
  }

  private async gone(pid: number): Promise<void> {
    await waitFor({
      what: `the extension host ${pid} to end`,
      read: () => this.server.extensionHosts(),
      until: (pids) => !pids.includes(pid),
    });
  }
}
