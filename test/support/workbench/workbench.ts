import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { openChromium } from '../../../scripts/chromium.mjs';
import {
  installExtension,
  QUIET_SETTINGS,
  startCodeServer,
  type CodeServer,
} from '../../../scripts/codeServer.mjs';
import { ensureChromium } from '../../../scripts/ensureChromium.mjs';
import { ensureTestHost, type TestHost } from '../../../scripts/testHost.mjs';
import { childProcesses } from './processes';
import { WAIT_MS } from './waiting';
import { WorkbenchWindow } from './window';

export interface WorkbenchOptions {
  /** The packed extension to install. */
  readonly vsix?: string;
  /** An unpacked extension to load into every window instead. */
  readonly extension?: string;
  /** Added to the environment of the extension hosts and terminals. */
  readonly env?: Readonly<Record<string, string>>;
  /** Added to the quiet defaults. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether the editor asks if folders are trusted; by default every folder is. */
  readonly trust?: boolean;
  readonly theme?: 'dark' | 'light';
  /** Pixels of a picture for each pixel of the page. */
  readonly scale?: number;
  readonly width?: number;
  readonly height?: number;
  /** Where everything is kept; by default a temporary folder that `dispose` removes. */
  readonly root?: string;
}

const THEMES = { dark: 'Dark 2026', light: 'Light 2026' } as const;

/** Fonts that look good in pictures where they are installed, and nothing that moves. */
const PICTURE_SETTINGS = {
  'workbench.reduceMotion': 'on',
  'editor.fontFamily': "'JetBrains Mono', 'DejaVu Sans Mono', monospace",
  'terminal.integrated.fontFamily': "'JetBrains Mono', 'DejaVu Sans Mono', monospace",
  'terminal.integrated.gpuAcceleration': 'off',
  'editor.minimap.enabled': false,
  'window.autoDetectColorScheme': false,
};
const FONT_SCRIPT = `document.addEventListener('DOMContentLoaded', () => {
  const style = document.createElement('style');
  style.textContent = \`.monaco-workbench, .monaco-workbench .part, .monaco-workbench button {
    font-family: Inter, 'Open Sans', 'Noto Sans', system-ui, sans-serif !important;
  }\`;
  document.head.append(style);
});`;

/**
 * A page in a browser window of its own: pages behind another one are drawn once a second, and
 * every click would wait for that.
 */
async function newBrowserWindow(browser: BrowserContext): Promise<Page> {
  const session = await browser.newCDPSession(browser.pages()[0] ?? (await browser.newPage()));
  const opened = browser.waitForEvent('page');
  await session.send('Target.createTarget', { url: 'about:blank', newWindow: true });
  await session.detach();
  return opened;
}

/**
 * One editor as on a developer's machine: a server with its own data, settings and `STYXY_HOME`,
 * and a browser whose pages are its windows. `restart` keeps everything but the processes.
 */
export class Workbench {
  private readonly windows = new Set<WorkbenchWindow>();
  private server: CodeServer | undefined;
  private browser: BrowserContext | undefined;

  private constructor(
    private readonly options: WorkbenchOptions,
    private readonly host: TestHost,
    private readonly executable: string,
    /** Holds `home` (Styxy's home) and `data` (the editor's). */
    readonly root: string,
  ) {}

  static async start(options: WorkbenchOptions = {}): Promise<Workbench> {
    const host = await ensureTestHost();
    const executable = await ensureChromium();
    const root = options.root ?? (await mkdtemp(join(tmpdir(), 'styxy-e2e-')));
    const workbench = new Workbench(options, host, executable, root);
    await mkdir(workbench.home, { recursive: true, mode: 0o700 });
    await mkdir(workbench.runtimeDir, { recursive: true, mode: 0o700 });
    if (options.vsix !== undefined) {
      await installExtension({ host, dataDir: workbench.dataDir, vsix: options.vsix });
    }
    try {
      await workbench.startProcesses();
    } catch (error) {
      await workbench.dispose();
      throw error;
    }
    return workbench;
  }

  /** The `STYXY_HOME` of every window and terminal. */
  get home(): string {
    return this.options.env?.STYXY_HOME ?? join(this.root, 'home');
  }

  private get dataDir(): string {
    return join(this.root, 'data');
  }

  private get runtimeDir(): string {
    return join(this.root, 'run');
  }

  /** What the server has printed lately, to explain a failure. */
  get serverOutput(): string {
    return this.server?.output() ?? '';
  }

  private async startProcesses(): Promise<void> {
    const { trust = false, theme = 'dark', env, settings, scale, width, height } = this.options;
    this.server = await startCodeServer({
      host: this.host,
      dataDir: this.dataDir,
      trust,
      development: this.options.extension !== undefined,
      gallery: false,
      // Sockets that a killed process leaves behind go away with the folder.
      env: { STYXY_HOME: this.home, XDG_RUNTIME_DIR: this.runtimeDir, ...env },
      settings: {
        ...QUIET_SETTINGS,
        ...PICTURE_SETTINGS,
        'security.workspace.trust.enabled': trust,
        'workbench.colorTheme': THEMES[theme],
        ...settings,
      },
    });
    this.browser = await openChromium({
      executable: this.executable,
      profile: join(this.root, 'browser'),
      ...(scale === undefined ? {} : { scale }),
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
    });
    this.browser.setDefaultTimeout(WAIT_MS);
    await this.browser.addInitScript({ content: FONT_SCRIPT });
  }

  /** Opens a folder, a `.code-workspace` file or nothing in a new window. */
  async openWindow(target?: string): Promise<WorkbenchWindow> {
    const { server, browser } = this;
    if (server === undefined || browser === undefined) {
      throw new Error('The workbench is not running.');
    }
    const page = await newBrowserWindow(browser);
    // A window with unsaved work asks before it closes; tests that care look at the dialog first.
    page.on('dialog', (dialog) => void dialog.accept().catch(() => undefined));
    const { extension } = this.options;
    const window = new WorkbenchWindow(page, {
      url: server.url(target, extension === undefined ? {} : { extension }),
      extensionHosts: () => childProcesses(server.pid, '--type=extensionHost'),
    });
    this.windows.add(window);
    page.once('close', () => this.windows.delete(window));
    await window.load();
    return window;
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.windows].map((window) => window.close()));
  }

  /** Ends the editor and starts it again with everything it had written. Windows are closed. */
  async restart(): Promise<void> {
    await this.closeAll();
    await this.stopProcesses();
    await this.startProcesses();
  }

  private async stopProcesses(): Promise<void> {
    const { browser, server } = this;
    this.browser = undefined;
    this.server = undefined;
    await browser?.close();
    await server?.stop();
  }

  /** Ends every process and removes the temporary folder. */
  async dispose(): Promise<void> {
    await this.stopProcesses();
    if (this.options.root === undefined) {
      await rm(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  }
}
