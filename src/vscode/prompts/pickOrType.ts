import * as vscode from 'vscode';

export interface OpenQuestion<Item extends vscode.QuickPickItem> {
  readonly title: string;
  readonly placeHolder: string;
  readonly items: readonly Item[];
  readonly matchOn: 'description' | 'detail';
  /** Items that the typed text stands for, beside the fixed ones. */
  readonly typed: (text: string) => readonly Item[];
}

/** Offers a list to which the user may add by typing. Undefined when nothing was picked. */
export function pickOrType<Item extends vscode.QuickPickItem>(
  question: OpenQuestion<Item>,
): Promise<Item | undefined> {
  const { title, placeHolder, items, matchOn, typed } = question;
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = title;
  pick.placeholder = placeHolder;
  pick.matchOnDescription = matchOn === 'description';
  pick.matchOnDetail = matchOn === 'detail';
  pick.items = items;
  pick.onDidChangeValue((value) => {
    pick.items = [...items, ...typed(value.trim())];
  });
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
