import type { BrowserContext } from 'playwright-core';

export interface ChromiumOptions {
  readonly executable: string;
  readonly profile: string;
  readonly scale?: number;
  readonly width?: number;
  readonly height?: number;
}

export function openChromium(options: ChromiumOptions): Promise<BrowserContext>;
