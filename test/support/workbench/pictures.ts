import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Page } from 'playwright-core';
import { waitFor } from './waiting';

export interface PictureOptions {
  /** A selector: only this part of the window. */
  readonly part?: string;
  /** Only this area of the window, in pixels of the page. */
  readonly area?: { readonly x: number; readonly y: number; width: number; height: number };
  /** Leaves the pointer where it is, with the hover that it caused. */
  readonly hover?: boolean;
}

/** Left out of pictures: what the server and the missing keyboard add to the status bar. */
const PICTURE_STYLE = `
  [id="status.host"], [id="status.forwardedPorts"], [id="status.workbench.keyboardLayout"] {
    display: none !important;
  }
  .xterm-cursor-layer, .cursors-layer { visibility: hidden !important; }
`;

/** The font of the workbench for web views, whose content security policy refuses elements. */
const WEBVIEW_FONT_SCRIPT = `
  if (document.adoptedStyleSheets.length === 0) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(\`body {
      font-family: Inter, 'Open Sans', 'Noto Sans', system-ui, sans-serif !important;
    }\`);
    document.adoptedStyleSheets = [sheet];
  }
`;

/**
 * Writes a PNG of the window or of a part of it, without carets. The pointer is moved away first,
 * and hovers that it left behind are waited out, unless `hover` keeps them.
 */
export async function takePicture(
  page: Page,
  path: string,
  options: PictureOptions = {},
): Promise<void> {
  const { part, area, hover = false } = options;
  await mkdir(dirname(path), { recursive: true });
  if (!hover) {
    await page.mouse.move(0, 0);
    await gone(page, '.workbench-hover:visible');
  }
  // A terminal tells its new size for a moment.
  await gone(page, '.terminal-resize-overlay.visible');
  const inner = page.frames().filter((frame) => frame.parentFrame() !== null);
  await Promise.all(inner.map((frame) => frame.evaluate(WEBVIEW_FONT_SCRIPT)));
  const settings = { path, style: PICTURE_STYLE, animations: 'disabled', caret: 'hide' } as const;
  if (part !== undefined) {
    await page.locator(part).first().screenshot(settings);
  } else {
    await page.screenshot({ ...settings, ...(area === undefined ? {} : { clip: area }) });
  }
}

async function gone(page: Page, selector: string): Promise<void> {
  await waitFor({
    what: `${selector} to go away`,
    read: () => page.locator(selector).count(),
    until: (count) => count === 0,
  });
}
