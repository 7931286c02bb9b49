import { createServer, type Server } from 'node:net';
import { waitFor, type WorkbenchWindow } from '../../support/workbench';
import type { NotificationItem } from '../../support/workbench/notifications';

/** Runs the example's task and returns the port that its server says it listens on. */
export async function serve(window: WorkbenchWindow): Promise<number> {
  await window.runTask('serve');
  const pattern = /is at http:\/\/localhost:(\d+)/;
  const text = await window.waitForTerminal(pattern);
  return Number(pattern.exec(text)?.[1]);
}

/** Allocates a port from the palette, as a person does, and returns what is said of it. */
export async function allocate(
  window: WorkbenchWindow,
  type: string,
  name: string,
): Promise<NotificationItem> {
  await window.runCommand('Styxy: Allocate Port...');
  await window.typeInInput(type, { enter: false, prompt: /What kind of service/ });
  await window.pickRow(type);
  await window.typeInInput(name, { prompt: /Name of the service/ });
  return window.waitForNotification(new RegExp(`^${name} in .* has port \\d+`));
}

/** The port that a message names. */
export function portIn(message: string): number {
  return Number(/port (\d+)/.exec(message)?.[1]);
}

/** Expands a row of the tree unless it is expanded. */
export async function expand(window: WorkbenchWindow, row: RegExp): Promise<void> {
  await window.waitForRow(row);
  const item = (await window.treeItems()).find(({ label, description }) =>
    row.test(`${label} ${description}`),
  );
  if (item?.expanded === false) {
    await window.toggleRow(row);
  }
}

/** The page that a server answers with; undefined if nobody listens. */
export async function page(port: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://localhost:${port}/`);
    return await response.text();
  } catch (error) {
    if (error instanceof TypeError) {
      return undefined;
    }
    throw error;
  }
}

/** A listener that knows nothing of Styxy, on a port that the system chose. */
export async function listen(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

/** Resolves when nobody answers on these ports any more. */
export async function silent(ports: readonly number[]): Promise<void> {
  await waitFor({
    what: `silence on ${ports.join(', ')}`,
    read: () => Promise.all(ports.map(page)),
    until: (pages) => pages.every((text) => text === undefined),
  });
}

/** The address of the browser page that an action opens. The page is closed again. */
export async function opened(
  window: WorkbenchWindow,
  action: () => Promise<void>,
): Promise<string> {
  const popup = window.page.waitForEvent('popup');
  await action();
  const browserPage = await popup;
  const url = await waitFor({
    what: 'the address of the page that opened',
    read: () => Promise.resolve(browserPage.url()),
    until: (text) => text.startsWith('http'),
  });
  await browserPage.close();
  return url;
}
