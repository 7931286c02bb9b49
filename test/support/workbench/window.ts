import * as editors from './editors';
import * as notes from './notifications';
import { takePicture, type PictureOptions } from './pictures';
import * as input from './quickInput';
import * as status from './statusBar';
import * as tree from './tree';
import { matches, WAIT_MS, waitFor } from './waiting';
import { WindowProcess } from './windowProcess';

/**
 * One editor window, driven by what a person sees: palette, tree, status bar, dialogs, terminals.
 * Every wait has an end, and fails with what was on screen instead. `view` names one of several
 * sections of the side bar; rows are named by their label, or by label and description.
 */
export class WorkbenchWindow extends WindowProcess {
  // Palette, quick picks and input boxes.

  /** F1, the full title with its category (`Styxy: Allocate Port...`), a click on that row. */
  runCommand(title: string): Promise<void> {
    return input.runCommand(this.page, title);
  }

  /** The titles that the palette offers for a text. */
  async commandsFor(text: string): Promise<string[]> {
    await input.openPalette(this.page);
    await input.typeInInput(this.page, `>${text}`, false);
    const rows = await waitFor({
      what: `rows for "${text}" in the palette`,
      read: () => input.pickRows(this.page),
      until: (all) => all.length > 0,
    });
    await input.closeQuickInput(this.page);
    return rows.map((row) => row.label);
  }

  pickRows(): Promise<input.PickRow[]> {
    return input.pickRows(this.page);
  }

  pickRow(label: string | RegExp): Promise<void> {
    return input.pickRow(this.page, label);
  }

  /** Waits for an input box (or a quick pick's filter), replaces its text, and presses Enter. */
  async typeInInput(
    text: string,
    options: { enter?: boolean; prompt?: RegExp } = {},
  ): Promise<void> {
    const { enter = true, prompt } = options;
    await waitFor({
      what: prompt === undefined ? 'an input box' : `an input box that asks for ${prompt}`,
      read: async () => Object.values(await input.inputTexts(this.page)).join(' | '),
      until: (texts) => prompt === undefined || prompt.test(texts),
    });
    await input.typeInInput(this.page, text, enter);
  }

  inputValue(): Promise<string> {
    return input.inputValue(this.page);
  }

  inputTexts(): ReturnType<typeof input.inputTexts> {
    return input.inputTexts(this.page);
  }

  closeQuickInput(): Promise<void> {
    return input.closeQuickInput(this.page);
  }

  // Views.

  openView(title: string): Promise<void> {
    return tree.openView(this.page, title);
  }

  toggleView(view: string): Promise<void> {
    return tree.toggleView(this.page, view);
  }

  treeItems(view?: string): Promise<tree.TreeRow[]> {
    return tree.treeRows(this.page, view);
  }

  /** The rows as text, indented by level: `['web', '  dev :3000']`. */
  async treeRows(view?: string): Promise<string[]> {
    return (await tree.treeRows(this.page, view)).map(tree.rowText);
  }

  /** Waits for a row, by its text without indentation, and returns it. */
  async waitForRow(row: string | RegExp, view?: string, timeout = WAIT_MS): Promise<string> {
    const rows = await waitFor({
      what: `the row ${row} in the tree`,
      read: () => this.treeRows(view),
      until: (all) => all.some((text) => matches(text.trim(), row)),
      timeout,
    });
    return rows.find((text) => matches(text.trim(), row))?.trim() ?? '';
  }

  welcomeText(view?: string): Promise<string> {
    return tree.welcomeText(this.page, view);
  }

  clickWelcomeButton(label: string): Promise<void> {
    return tree.clickWelcomeButton(this.page, label);
  }

  clickRow(row: string | RegExp, view?: string): Promise<void> {
    return tree.clickRow(this.page, row, view);
  }

  toggleRow(row: string | RegExp, view?: string): Promise<void> {
    return tree.toggleRow(this.page, row, view);
  }

  inlineActions(row: string | RegExp, view?: string): Promise<string[]> {
    return tree.inlineActions(this.page, row, view);
  }

  clickInlineAction(row: string | RegExp, title: string, view?: string): Promise<void> {
    return tree.clickInlineAction(this.page, row, title, view);
  }

  /** The labels of a row's context menu, which stays open. */
  openRowMenu(row: string | RegExp, view?: string): Promise<string[]> {
    return tree.openRowMenu(this.page, row, view);
  }

  clickRowMenu(row: string | RegExp, label: string, view?: string): Promise<void> {
    return tree.clickRowMenu(this.page, row, label, view);
  }

  rowTooltip(row: string | RegExp, view?: string): Promise<string> {
    return tree.rowTooltip(this.page, row, view);
  }

  resizeSideBar(width: number): Promise<void> {
    return tree.resizeSideBar(this.page, width);
  }

  clickViewAction(title: string): Promise<void> {
    return tree.clickViewAction(this.page, title);
  }

  // Status bar: items by id, by exact text, or by a pattern for either.

  async statusBarText(item: string | RegExp): Promise<string> {
    return (await status.statusItem(this.page, item)).text;
  }

  statusBarItem(item: string | RegExp): Promise<status.StatusItem> {
    return status.statusItem(this.page, item);
  }

  /** Waits until the item's text is this or matches. */
  async waitForStatusBar(item: string, text: string | RegExp, timeout = WAIT_MS): Promise<string> {
    return waitFor({
      what: `${text} in the status bar item ${item}`,
      read: () => this.statusBarText(item),
      until: (value) => matches(value, text),
      timeout,
    });
  }

  statusBarTooltip(item: string | RegExp): Promise<string> {
    return status.statusTooltip(this.page, item);
  }

  clickStatusBar(item: string | RegExp): Promise<void> {
    return status.clickStatusItem(this.page, item);
  }

  // Notifications and dialogs.

  notifications(): Promise<notes.NotificationItem[]> {
    return notes.notifications(this.page);
  }

  /** Waits for a notification and leaves the notification centre open. */
  waitForNotification(message: string | RegExp, timeout?: number): Promise<notes.NotificationItem> {
    return notes.waitForNotification(this.page, message, timeout);
  }

  clickNotificationButton(message: string | RegExp, button: string): Promise<void> {
    return notes.clickNotificationButton(this.page, message, button);
  }

  closeNotifications(): Promise<void> {
    return notes.closeNotifications(this.page);
  }

  clearNotifications(): Promise<void> {
    return notes.clearNotifications(this.page);
  }

  dialog(): Promise<{ message: string; buttons: string[] }> {
    return notes.dialog(this.page);
  }

  clickDialogButton(label: string): Promise<void> {
    return notes.clickDialogButton(this.page, label);
  }

  /** Answers the editor's question about the folder: trusts it through the trust editor. */
  trustWorkspace(): Promise<void> {
    return editors.trustWorkspace(this.page);
  }

  // Editors, tasks and terminals.

  openFile(name: string): Promise<void> {
    return editors.openFile(this.page, name);
  }

  editorTitles(): Promise<string[]> {
    return editors.editorTitles(this.page);
  }

  closeEditors(): Promise<void> {
    return editors.closeEditors(this.page);
  }

  /** The lines on screen; `wholeEditorText` scrolls by copying everything. */
  editorText(): Promise<string> {
    return editors.editorText(this.page);
  }

  wholeEditorText(): Promise<string> {
    return editors.wholeEditorText(this.page);
  }

  webviewText(): Promise<string> {
    return editors.webviewText(this.page);
  }

  webviewFocused(): Promise<void> {
    return editors.webviewFocused(this.page);
  }

  clickInWebview(label: string): Promise<void> {
    return editors.clickInWebview(this.page, label);
  }

  clipboardText(): Promise<string> {
    return editors.clipboardText(this.page);
  }

  runTask(label: string): Promise<void> {
    return editors.runTask(this.page, label);
  }

  terminalText(): Promise<string> {
    return editors.terminalText(this.page);
  }

  /** Waits until the terminal on screen shows this, and returns all of its text. */
  waitForTerminal(text: string | RegExp, timeout = WAIT_MS): Promise<string> {
    return waitFor({
      what: `${text} in the terminal`,
      read: () => this.terminalText(),
      until: (all) => (typeof text === 'string' ? all.includes(text) : text.test(all)),
      timeout,
    });
  }

  /** Opens a terminal and waits until its shell has written something. */
  async openTerminal(): Promise<void> {
    await this.runCommand('Terminal: Create New Terminal');
    await this.waitForTerminal(/\S/);
  }

  typeInTerminal(line: string): Promise<void> {
    return editors.typeInTerminal(this.page, line);
  }

  /** Writes a PNG of the window or of a part of it. */
  screenshot(path: string, options: PictureOptions = {}): Promise<void> {
    return takePicture(this.page, path, options);
  }
}
