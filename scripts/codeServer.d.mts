import type { TestHost } from './testHost.mjs';

export interface CodeServerOptions {
  readonly host: TestHost;
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly trust?: boolean;
  readonly development?: boolean;
  readonly gallery?: boolean;
  readonly graceSeconds?: number;
}

export interface CodeServer {
  readonly pid: number;
  readonly port: number;
  readonly authority: string;
  readonly dataDir: string;
  readonly ended: Promise<void>;
  output(): string;
  url(target?: string, options?: { extension?: string; tests?: string }): string;
  stop(): Promise<void>;
}

export const QUIET_SETTINGS: Readonly<Record<string, unknown>>;
export function startCodeServer(options: CodeServerOptions): Promise<CodeServer>;
export function writeSettings(
  dataDir: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<void>;
export function installExtension(options: {
  host: TestHost;
  dataDir: string;
  vsix: string;
}): Promise<void>;
export function freePort(): Promise<number>;
