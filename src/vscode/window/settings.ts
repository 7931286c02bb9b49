import * as vscode from 'vscode';
import { settingFrom, type SettingKey, type SettingTypes } from './contributions';

/** In force for a folder or file; its default where settings.json has something else there. */
export function setting<Key extends SettingKey>(key: Key, scope?: vscode.Uri): SettingTypes[Key] {
  const configuration = vscode.workspace.getConfiguration('styxy', scope);
  const fallback = configuration.inspect<SettingTypes[Key]>(key)?.defaultValue;
  return settingFrom(key, configuration.get<unknown>(key), fallback as SettingTypes[Key]);
}

export function onDidChangeSetting(key: SettingKey, listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(`styxy.${key}`)) {
      listener();
    }
  });
}
