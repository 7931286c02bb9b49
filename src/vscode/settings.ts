import * as vscode from 'vscode';
import type { SettingKey, SettingTypes } from './settingKeys';
import { SETTING_KEYS } from './settingKeys';

/** A value of the wrong type, which a hand-written settings.json may hold, counts as the default. */
export function setting<Key extends SettingKey>(key: Key, scope?: vscode.Uri): SettingTypes[Key] {
  const configuration = vscode.workspace.getConfiguration('styxy', scope);
  const value = configuration.get<unknown>(key);
  const fallback = configuration.inspect<SettingTypes[Key]>(key)?.defaultValue;
  const isRight = typeof value === SETTING_KEYS[key];
  return (isRight ? value : fallback) as SettingTypes[Key];
}

export function onDidChangeSetting(key: SettingKey, listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(`styxy.${key}`)) {
      listener();
    }
  });
}
