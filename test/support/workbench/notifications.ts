import type { Page } from 'playwright-core';
import { matches, plain, waitFor } from './waiting';

export interface NotificationItem {
  readonly message: string;
  readonly buttons: readonly string[];
  readonly severity: 'info' | 'warning' | 'error';
}

const CENTER = '.notifications-center.visible';
const ITEM = `${CENTER} .notification-list-item`;
const BUTTONS = '.notification-list-item-buttons-container .monaco-button';

/** Toasts are not drawn in a headless page, so the centre behind the bell is opened. */
async function openCenter(page: Page): Promise<void> {
  await waitFor({
    what: 'the notification centre',
    read: async () => {
      const open = (await page.locator(CENTER).count()) > 0;
      if (!open) {
        await page.locator('[id="status.notifications"] a').click({ timeout: 2_000 });
      }
      return open;
    },
    until: (open) => open,
  });
}

export async function closeNotifications(page: Page): Promise<void> {
  if ((await page.locator(CENTER).count()) > 0) {
    await page.locator(`${CENTER} a[aria-label^="Hide Notifications"]`).click();
  }
}

export async function clearNotifications(page: Page): Promise<void> {
  await openCenter(page);
  const clear = page.locator(`${CENTER} a[aria-label="Clear All Notifications"]`);
  if ((await page.locator(ITEM).count()) > 0) {
    await clear.click();
  }
  await closeNotifications(page);
}

async function read(page: Page): Promise<NotificationItem[]> {
  const items = await page.locator(ITEM).evaluateAll((elements) =>
    elements.map((item) => ({
      message: item.querySelector('.notification-list-item-message')?.textContent ?? '',
      icon: item.querySelector('.notification-list-item-icon')?.className ?? '',
      buttons: [
        ...item.querySelectorAll('.notification-list-item-buttons-container .monaco-button'),
      ].map((button) => button.textContent ?? ''),
    })),
  );
  return items.map(({ message, icon, buttons }) => ({
    message: plain(message),
    buttons: buttons.map(plain).filter((text) => text !== ''),
    severity: icon.includes('error') ? 'error' : icon.includes('warning') ? 'warning' : 'info',
  }));
}

/** All notifications, newest first. The centre is closed again. */
export async function notifications(page: Page): Promise<NotificationItem[]> {
  await openCenter(page);
  const items = await read(page);
  await closeNotifications(page);
  return items;
}

/** Waits for a notification; the centre stays open, so that a picture can show it. */
export async function waitForNotification(
  page: Page,
  message: string | RegExp,
  timeout?: number,
): Promise<NotificationItem> {
  const items = await waitFor({
    what: `the notification ${message}`,
    read: async () => {
      await openCenter(page);
      return read(page);
    },
    until: (all) => all.some((item) => matches(item.message, message)),
    ...(timeout === undefined ? {} : { timeout }),
  });
  const found = items.find((item) => matches(item.message, message));
  if (found === undefined) {
    throw new Error(`The notification ${message} went away.`);
  }
  return found;
}

export async function clickNotificationButton(
  page: Page,
  message: string | RegExp,
  button: string,
): Promise<void> {
  const { message: text, buttons } = await waitForNotification(page, message);
  if (!buttons.includes(button)) {
    throw new Error(`No "${button}" in the notification "${text}", only: ${buttons.join(', ')}`);
  }
  const items = page.locator(ITEM);
  const texts = (await items.locator('.notification-list-item-message').allTextContents()).map(
    plain,
  );
  const item = items.nth(texts.indexOf(text));
  // A notification in the centre may be folded until the pointer is on it.
  await item.hover();
  await item.locator(BUTTONS).getByText(button, { exact: true }).click();
}

const DIALOG = '.monaco-dialog-box';

/** Message and buttons of the open modal dialog. */
export async function dialog(page: Page): Promise<{ message: string; buttons: string[] }> {
  await page.locator(DIALOG).waitFor();
  const text = async (selector: string) =>
    (await page.locator(`${DIALOG} ${selector}`).allTextContents()).map(plain);
  return {
    message: (await text('.dialog-message, ' + `${DIALOG} .dialog-message-detail`)).join('\n'),
    buttons: await text('.dialog-buttons .monaco-button'),
  };
}

export async function clickDialogButton(page: Page, label: string): Promise<void> {
  const { message, buttons } = await dialog(page);
  if (!buttons.includes(label)) {
    throw new Error(`No "${label}" in the dialog "${message}", only: ${buttons.join(', ')}`);
  }
  await page
    .locator(`${DIALOG} .dialog-buttons .monaco-button`)
    .getByText(label, { exact: true })
    .click();
  await page.locator(DIALOG).waitFor({ state: 'hidden' });
}
