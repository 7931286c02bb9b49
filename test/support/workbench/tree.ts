import type { Locator, Page } from 'playwright-core';
import { matches, plain, waitFor } from './waiting';

/** One row of a tree view as it is drawn and as a screen reader says it. */
export interface TreeRow {
  readonly label: string;
  readonly description: string;
  /** 1 for the outermost rows. */
  readonly level: number;
  /** Undefined for a row that cannot be expanded. */
  readonly expanded: boolean | undefined;
  readonly spoken: string;
}

const SIDE_BAR = '.part.sidebar';
const ROW = '.monaco-list-row[role="treeitem"]';
const MENU_ITEM = '.monaco-menu .action-menu-item';
const MENU_MS = 1_000;

/** Opens a view container by its icon in the activity bar, unless it is open already. */
export async function openView(page: Page, title: string): Promise<void> {
  // The accessible name may go on with a key binding or with what the badge counts.
  const name = new RegExp(`^${escape(title)}( \\(|$| - )`);
  await waitFor({
    what: `the icon "${title}" in the activity bar`,
    read: async () => {
      const icons = page.locator('.activitybar .action-item:has(a.action-label)');
      const names = await icons
        .locator('a.action-label')
        .evaluateAll((links) => links.map((link) => link.getAttribute('aria-label') ?? ''));
      const index = names.findIndex((text) => name.test(text));
      if (index < 0) {
        return { opened: false, icons: names };
      }
      const icon = icons.nth(index);
      const shown = await page.locator(`${SIDE_BAR}:visible`).count();
      if (shown > 0 && (await icon.getAttribute('class'))?.includes('checked')) {
        return { opened: true, icons: names };
      }
      await icon.locator('a.action-label').click({ timeout: 2_000 });
      return { opened: false, icons: names };
    },
    until: ({ opened }) => opened,
  });
}

/** The section of a view in the side bar; without a name, all of the side bar. */
function section(page: Page, view: string | undefined): Locator {
  const panes = page.locator(`${SIDE_BAR} .pane`);
  return view === undefined
    ? page.locator(SIDE_BAR)
    : panes.filter({ has: page.locator(`.pane-header[aria-label^="${view} Section"]`) });
}

export async function treeRows(page: Page, view?: string): Promise<TreeRow[]> {
  const rows = await section(page, view)
    .locator(ROW)
    .evaluateAll((elements) =>
      elements
        .filter((row) => row.closest('.monaco-tree-sticky-container') === null)
        .map((row) => {
          const box = row.getBoundingClientRect();
          const icon = row.querySelector('.monaco-icon-label');
          return {
            top: box.top,
            // The extension of a file name is an element of its own.
            label: ['name', 'suffix']
              .map(
                (part) => icon?.querySelector(`.monaco-icon-${part}-container`)?.textContent ?? '',
              )
              .join(''),
            description: icon?.querySelector('.label-description')?.textContent ?? '',
            level: Number(row.getAttribute('aria-level')),
            expanded: row.getAttribute('aria-expanded'),
            spoken: row.getAttribute('aria-label') ?? '',
          };
        })
        .sort((a, b) => a.top - b.top),
    );
  return rows.map(({ label, description, level, expanded, spoken }) => ({
    label: plain(label),
    description: plain(description),
    level,
    expanded: expanded === null ? undefined : expanded === 'true',
    spoken: plain(spoken),
  }));
}

/** A row as one line of text: two spaces for each level, the label, the description. */
export function rowText(row: TreeRow): string {
  const indent = '  '.repeat(Math.max(0, row.level - 1));
  return `${indent}${row.label}${row.description === '' ? '' : ` ${row.description}`}`;
}

/** What a view says where it has no rows. */
export async function welcomeText(page: Page, view?: string): Promise<string> {
  const texts = await section(page, view)
    .locator('.welcome-view-content:visible')
    .allTextContents();
  return plain(texts.join('\n'));
}

export async function clickWelcomeButton(page: Page, label: string): Promise<void> {
  await page
    .locator(`${SIDE_BAR} .welcome-view-content:visible a.monaco-button`)
    .filter({ hasText: label })
    .first()
    .click();
}

/** The row whose text is this or matches: the text without indentation, as in `rowText`. */
async function findRow(page: Page, wanted: string | RegExp, view?: string): Promise<Locator> {
  const isWanted = (row: TreeRow) =>
    matches(rowText(row).trim(), wanted) || matches(row.label, wanted);
  // The elements of rows are used again for other rows: a tree that is being drawn is waited out.
  let before = '';
  const { rows } = await waitFor({
    what: `the row ${wanted} in the tree`,
    read: async () => {
      const all = await treeRows(page, view);
      const now = JSON.stringify(all);
      const isSettled = now === before;
      before = now;
      return { rows: all, isSettled };
    },
    until: ({ rows: all, isSettled }) => isSettled && all.some(isWanted),
  });
  const row = rows.find(isWanted);
  const drawn = `^\\s*${escape(row?.label ?? '')}\\s*${escape(row?.description ?? '')}\\s*$`;
  return section(page, view)
    .locator(ROW)
    .filter({
      has: page.locator('.monaco-icon-label-container', { hasText: new RegExp(drawn) }),
    })
    .first();
}

export async function clickRow(page: Page, row: string | RegExp, view?: string): Promise<void> {
  await (await findRow(page, row, view)).click();
}

export async function toggleRow(page: Page, row: string | RegExp, view?: string): Promise<void> {
  await (await findRow(page, row, view)).locator('.monaco-tl-twistie').click();
}

/** The titles of the buttons that appear in a row under the pointer. */
export async function inlineActions(
  page: Page,
  row: string | RegExp,
  view?: string,
): Promise<string[]> {
  const element = await findRow(page, row, view);
  await element.hover();
  return element
    .locator('.actions a.action-label')
    .evaluateAll((links) => links.map((link) => link.getAttribute('aria-label') ?? ''));
}

export async function clickInlineAction(
  page: Page,
  row: string | RegExp,
  title: string,
  view?: string,
): Promise<void> {
  const element = await findRow(page, row, view);
  await element.hover();
  await element.locator(`.actions a.action-label[aria-label="${title}"]`).click();
}

/** The entries of a row's context menu, which is left open. */
export async function openRowMenu(
  page: Page,
  row: string | RegExp,
  view?: string,
): Promise<string[]> {
  await (await findRow(page, row, view)).click({ button: 'right' });
  const labels = page.locator(`${MENU_ITEM} .action-label`);
  await labels.first().waitFor();
  return (await labels.allTextContents()).map(plain);
}

export async function clickRowMenu(
  page: Page,
  row: string | RegExp,
  label: string,
  view?: string,
): Promise<void> {
  const labels = await openRowMenu(page, row, view);
  if (!labels.includes(label)) {
    throw new Error(`No "${label}" in the menu of ${row}. There is: ${labels.join(', ')}`);
  }
  const item = page
    .locator(MENU_ITEM)
    .filter({ has: page.locator('.action-label').getByText(label, { exact: true }) });
  // A menu takes no click in its first moments, lest the one that opened it counts twice.
  await waitFor({
    what: `the menu to take "${label}"`,
    read: async () => {
      if ((await item.count()) > 0) {
        await item.first().click({ timeout: MENU_MS });
      }
      return item.count();
    },
    until: (count) => count === 0,
  });
}

/** What a row says under a resting pointer. */
export async function rowTooltip(page: Page, row: string | RegExp, view?: string): Promise<string> {
  return tooltipOf(page, await findRow(page, row, view), '.monaco-icon-label-container');
}

/** Hovers over an element (or a part of it) and returns the text of the hover that appears. */
export async function tooltipOf(page: Page, element: Locator, part?: string): Promise<string> {
  await page.mouse.move(0, 0);
  const hovers = page.locator('.monaco-hover:visible, .workbench-hover:visible');
  await waitFor({
    what: 'hovers of something else to go away',
    read: () => hovers.count(),
    until: (count) => count === 0,
  });
  const hover = hovers.last();
  await (part === undefined ? element : element.locator(part).first()).hover();
  await hover.waitFor({ timeout: 5_000 });
  return plain(await hover.innerText());
}

/** Drags the edge of the side bar; the editor may keep it narrower. */
export async function resizeSideBar(page: Page, width: number): Promise<void> {
  const box = await page.locator(SIDE_BAR).boundingBox();
  if (box === null) {
    throw new Error('The side bar is closed.');
  }
  const middle = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width + 2, middle);
  await page.mouse.down();
  await page.mouse.move(box.x + width + 2, middle, { steps: 4 });
  await page.mouse.up();
}

export async function clickViewAction(page: Page, title: string): Promise<void> {
  await page.locator(`${SIDE_BAR} h2, ${SIDE_BAR} .pane-header`).first().hover();
  await page.locator(`${SIDE_BAR} .actions-container a[aria-label="${title}"]`).first().click();
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Expands or collapses a view of the open container by its header. */
export async function toggleView(page: Page, view: string): Promise<void> {
  await page.locator(`${SIDE_BAR} .pane-header[aria-label^="${view} Section"]`).click();
}
