import { mkdir } from 'node:fs/promises';

/** No GPU, no sandbox (which root lacks) and nothing that talks to the network by itself. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Pages in the background are windows people work in: they must not be slowed down.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  // Shared memory is 64 MB in a container and one workbench needs more.
  '--disable-dev-shm-usage',
];

/**
 * Opens a headless Chromium. The browser keeps the state of the user interface in `profile`, so a
 * second start with the same folder finds windows as they were left. Close the returned
 * playwright context to end it.
 */
export async function openChromium({ executable, profile, scale = 1, width = 1280, height = 800 }) {
  // Not at the top: this module is loaded before anything is installed.
  const { chromium } = await import('playwright-core');
  await mkdir(profile, { recursive: true });
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executable,
    headless: true,
    args: FLAGS,
    viewport: { width, height },
    deviceScaleFactor: scale,
    // The editor asks before it reads the clipboard unless the page may.
    permissions: ['clipboard-read', 'clipboard-write'],
    locale: 'en-US',
    timezoneId: 'UTC',
  });
  // Test loaders wrap functions in a helper that does not exist in a page they are evaluated in.
  await context.addInitScript('globalThis.__name ??= (fn) => fn');
  return context;
}
