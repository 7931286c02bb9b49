import type { Frame, Page } from 'playwright-core';
import { openPalette, pickRow, pickRows, runCommand, typeInInput } from './quickInput';
import { plain, waitFor } from './waiting';

const ACTIVE_GROUP = '.editor-group-container.active';

export async function openFile(page: Page, name: string): Promise<void> {
  await openPalette(page);
  await typeInInput(page, name, false);
  const file = name.split('/').pop() ?? name;
  await pickRow(page, file);
  await waitFor({
    what: `an editor of ${name}`,
    read: () => editorTitles(page),
    until: (titles) => titles.includes(file),
  });
}

/** The titles of the open editors as the tabs show them. */
export async function editorTitles(page: Page): Promise<string[]> {
  // The extension of a file name is an element of its own.
  const titles = await page
    .locator('.tabs-container .tab')
    .evaluateAll((tabs) =>
      tabs.map((tab) =>
        ['name', 'suffix']
          .map((part) => tab.querySelector(`.monaco-icon-${part}-container`)?.textContent ?? '')
          .join(''),
      ),
    );
  return titles.map(plain);
}

/** Closes every editor by the button of its tab. */
export async function closeEditors(page: Page): Promise<void> {
  const close = page.locator('.tabs-container .tab .codicon-close');
  await waitFor({
    what: 'the editors to close',
    read: async () => {
      if ((await close.count()) > 0) {
        await close.first().click({ timeout: 2_000 });
      }
      return close.count();
    },
    until: (count) => count === 0,
  });
}

/** The lines of the active text editor that are on screen. */
export async function editorText(page: Page): Promise<string> {
  const lines = await page
    .locator(`${ACTIVE_GROUP} .monaco-editor .view-lines`)
    .first()
    .locator('.view-line')
    .evaluateAll((elements) =>
      elements
        .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? '' }))
        .sort((a, b) => a.top - b.top)
        .map(({ text }) => text),
    );
  return lines.map(plain).join('\n');
}

/** All of the active text editor, by selecting and copying it. */
export async function wholeEditorText(page: Page): Promise<string> {
  await page.locator(`${ACTIVE_GROUP} .monaco-editor .view-lines`).first().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Control+C');
  const text = await clipboardText(page);
  await page.keyboard.press('ArrowLeft');
  return text;
}

export async function clipboardText(page: Page): Promise<string> {
  return page.evaluate<string>('navigator.clipboard.readText()');
}

/** The documents of the web views (previews, pages of ours) that are on screen. */
async function webviews(page: Page): Promise<Frame[]> {
  const shown = page.frames().map(async (frame) => {
    // A web view is a frame of the editor's with the extension's document in a frame inside.
    const outer = frame.parentFrame();
    if (outer === null || !outer.url().includes('/contrib/webview/')) {
      return [];
    }
    const element = await outer.frameElement();
    return (await element.isVisible()) ? [frame] : [];
  });
  return (await Promise.all(shown)).flat();
}

/** The text of the web view that is on screen. */
export async function webviewText(page: Page): Promise<string> {
  return waitFor({
    what: 'a web view with text',
    read: async () => {
      const texts = await Promise.all(
        (await webviews(page)).map((frame) => frame.locator('body').innerText({ timeout: 1_000 })),
      );
      return plain(texts.join('\n').trim());
    },
    until: (text) => text !== '',
  });
}

/**
 * Waits until the web view that was opened last has the focus. It takes it a moment after it is
 * shown, and a quick pick that opens just then would be closed by that.
 */
export async function webviewFocused(page: Page): Promise<void> {
  await waitFor({
    what: 'the focus in a web view',
    read: () => page.evaluate<string>('document.activeElement?.className ?? ""'),
    until: (name) => name.split(' ').includes('webview'),
  });
}

/** Clicks a link or button of the web view that is on screen. */
export async function clickInWebview(page: Page, label: string): Promise<void> {
  const [frame] = await waitFor({
    what: 'a web view',
    read: () => webviews(page),
    until: (frames) => frames.length > 0,
  });
  await frame?.getByRole('link', { name: label, exact: true }).click();
}

/** How long the editor may take to read the tasks before they are asked for again. */
const TASKS_MS = 8_000;

/** Runs a task of tasks.json as a person does: Tasks: Run Task, then its label. */
export async function runTask(page: Page, label: string): Promise<void> {
  await waitFor({
    what: `the task ${label}`,
    // A window that is still being put together may take the focus, which closes the list.
    read: async () => {
      await runCommand(page, 'Tasks: Run Task');
      return waitFor({
        what: `the task ${label}`,
        read: () => pickRows(page),
        until: (rows) => rows.some((row) => row.label === label),
        timeout: TASKS_MS,
      });
    },
    until: () => true,
  });
  await pickRow(page, label);
}

/** What the terminal on screen shows: its visible rows, without trailing blanks. */
export async function terminalText(page: Page): Promise<string> {
  const rows = await page
    .locator('.terminal-wrapper.active .xterm-rows:visible > div')
    .evaluateAll((elements) => elements.map((row) => row.textContent ?? ''));
  return rows
    .map((row) => plain(row).trimEnd())
    .join('\n')
    .trimEnd();
}

/** Types a line into the terminal on screen. */
export async function typeInTerminal(page: Page, line: string): Promise<void> {
  await page.locator('.terminal-wrapper.active .xterm-helper-textarea').first().focus();
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

/** Trusts the folder through the editor that "Manage Workspace Trust" opens. */
export async function trustWorkspace(page: Page): Promise<void> {
  await runCommand(page, 'Workspaces: Manage Workspace Trust');
  const editor = page.locator('.workspace-trust-editor');
  await editor.locator('.monaco-button').getByText('Trust', { exact: true }).click();
  await editor.getByText('You trust this folder').waitFor();
  // It is drawn over the window and would swallow what comes next.
  await page.locator('a[aria-label^="Close Modal Editor"]').click();
  await editor.waitFor({ state: 'detached' });
}
