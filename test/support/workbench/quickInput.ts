import type { Page } from 'playwright-core';
import { matches, plain, waitFor } from './waiting';

/** One row of a quick pick as it is drawn. */
export interface PickRow {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/** It stays in the page, with its last rows, when it is closed. */
const WIDGET = '.quick-input-widget:visible';
const ROW = `${WIDGET} .quick-input-list .monaco-list-row`;
const INPUT = `${WIDGET} .quick-input-filter input:visible`;

export async function openPalette(page: Page): Promise<void> {
  await closeQuickInput(page);
  // The palette gives the focus back, and a tree that is drawn again with the focus keeps it: the
  // quick pick that a command opens at that moment would close.
  await page.evaluate('document.activeElement?.blur()');
  await page.keyboard.press('F1');
  await waitFor({
    what: 'the command palette',
    read: () => inputValue(page),
    until: (value) => value === '>',
  });
}

/** Runs a command as a person does: F1, its title, and a click on exactly that row. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await openPalette(page);
  await page.locator(INPUT).fill(`>${title}`);
  await pickRow(page, title);
}

/** The rows on screen; a long list is longer than that, so filter it with `typeInInput` first. */
export async function pickRows(page: Page): Promise<PickRow[]> {
  const rows = await page.locator(ROW).evaluateAll((elements) =>
    elements
      .map((row) => {
        const text = (selector: string) => row.querySelector(selector)?.textContent ?? '';
        return {
          top: row.getBoundingClientRect().top,
          label: text('.quick-input-list-rows > .quick-input-list-row:first-child .label-name'),
          description: text('.quick-input-list-rows .label-description'),
          detail: text('.quick-input-list-label-meta'),
        };
      })
      .sort((a, b) => a.top - b.top),
  );
  return rows.map(({ label, description, detail }) => ({
    label: plain(label).trim(),
    description: plain(description).trim(),
    detail: plain(detail).trim(),
  }));
}

/** A list that is redrawn under the pointer loses the click; the window shows at once if it did not. */
const CLICK_MS = 2_000;

/** Clicks the row with exactly this label (or the first one that a pattern matches). */
export async function pickRow(page: Page, label: string | RegExp): Promise<void> {
  await waitFor({
    what: `the row ${label} in the quick pick`,
    read: () => pickRows(page),
    until: (rows) => rows.some((row) => matches(row.label, label)),
  });
  const before = await appearance(page);
  await waitFor({
    what: `the quick pick to take the row ${label}`,
    read: async () => {
      await clickRow(page, label);
      return waitFor({
        what: 'the answer to a click',
        read: () => appearance(page),
        until: (now) => now !== before,
        timeout: CLICK_MS,
      });
    },
    until: (now) => now !== before,
  });
}

async function clickRow(page: Page, label: string | RegExp): Promise<void> {
  const rows = page.locator(ROW);
  const names = await rows.locator('.label-name').allTextContents();
  const name = names.find((text) => matches(plain(text).trim(), label));
  if (name !== undefined) {
    await rows
      .filter({ has: page.getByText(name, { exact: true }) })
      .first()
      .click({ timeout: CLICK_MS });
  }
}

/** What tells one quick input from the next: its texts, or that there is none. Never waits. */
async function appearance(page: Page): Promise<string> {
  const shown = await page.locator(WIDGET).evaluateAll((widgets) =>
    widgets.map((widget) => {
      const input: { value?: string; placeholder?: string } | null = widget.querySelector(
        '.quick-input-filter input',
      );
      const title = widget.querySelector('.quick-input-title')?.textContent;
      return [title, input?.value, input?.placeholder];
    }),
  );
  return JSON.stringify(shown);
}

/**
 * Replaces the text of the open input box or filter; Enter is pressed unless `enter` is false. The
 * text is validated before it is taken, and a click elsewhere would close the box meanwhile: so
 * this waits until the box has closed, or says that something is wrong with the text.
 */
export async function typeInInput(page: Page, text: string, enter = true): Promise<void> {
  await page.locator(INPUT).fill(text);
  if (!enter) {
    return;
  }
  const before = await appearance(page);
  await page.keyboard.press('Enter');
  await waitFor({
    what: `the input box to take or refuse "${text}"`,
    read: async () => ({
      isRefused: (await page.locator(`${WIDGET} .monaco-inputbox.error`).count()) > 0,
      shown: await appearance(page),
    }),
    until: ({ isRefused, shown }) => isRefused || shown !== before,
  });
}

export async function inputValue(page: Page): Promise<string> {
  return page.locator(INPUT).inputValue({ timeout: 1_000 });
}

/** Title, prompt or validation message of the open quick input. */
export async function inputTexts(page: Page): Promise<{
  title: string;
  placeholder: string;
  message: string;
}> {
  const widget = page.locator(WIDGET);
  const text = async (selector: string) =>
    plain((await widget.locator(selector).allTextContents()).join(' ')).trim();
  return {
    title: await text('.quick-input-title'),
    placeholder: (await page.locator(INPUT).getAttribute('placeholder')) ?? '',
    message: await text('.quick-input-message'),
  };
}

export async function isQuickInputOpen(page: Page): Promise<boolean> {
  return (await page.locator(WIDGET).count()) > 0;
}

export async function closeQuickInput(page: Page): Promise<void> {
  await waitFor({
    what: 'the quick input to close',
    read: async () => {
      const open = await isQuickInputOpen(page);
      if (open) {
        await page.keyboard.press('Escape');
      }
      return open;
    },
    until: (open) => !open,
  });
}
