import type { Locator, Page } from 'playwright-core';
import { tooltipOf } from './tree';
import { matches, plain, waitFor } from './waiting';

export interface StatusItem {
  readonly id: string;
  readonly text: string;
  /** What a screen reader says. */
  readonly spoken: string;
  readonly background: string;
}

const ITEM = '.statusbar-item:visible';

export async function statusItems(page: Page): Promise<StatusItem[]> {
  const items = await page.locator(ITEM).evaluateAll((elements) =>
    elements.map((item) => ({
      id: item.id,
      text: item.textContent ?? '',
      spoken: item.getAttribute('aria-label') ?? item.querySelector('a')?.ariaLabel ?? '',
      background:
        ['warning', 'error'].find((kind) => item.classList.contains(`${kind}-kind`)) ?? '',
    })),
  );
  return items.map((item) => ({
    ...item,
    text: plain(item.text).trim(),
    spoken: plain(item.spoken).trim(),
  }));
}

/** An item by its id (`styxy.ports`, with or without the extension's id before it) or its text. */
function isItem(item: StatusItem, wanted: string | RegExp): boolean {
  return typeof wanted === 'string'
    ? item.id === wanted || item.id.endsWith(`.${wanted}`) || item.text === wanted
    : matches(item.text, wanted) || matches(item.id, wanted);
}

export async function statusItem(page: Page, wanted: string | RegExp): Promise<StatusItem> {
  const items = await waitFor({
    what: `the status bar item ${wanted}`,
    read: () => statusItems(page),
    until: (all) => all.some((item) => isItem(item, wanted)),
  });
  const found = items.find((item) => isItem(item, wanted));
  if (found === undefined) {
    throw new Error(`The status bar item ${wanted} went away.`);
  }
  return found;
}

async function locate(page: Page, wanted: string | RegExp): Promise<Locator> {
  const { id } = await statusItem(page, wanted);
  return page.locator(`[id="${id}"]`);
}

export async function statusTooltip(page: Page, wanted: string | RegExp): Promise<string> {
  return tooltipOf(page, await locate(page, wanted));
}

export async function clickStatusItem(page: Page, wanted: string | RegExp): Promise<void> {
  await (await locate(page, wanted)).locator('a').first().click();
}
