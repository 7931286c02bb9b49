/** The settings of Styxy with their types; the manifest describes each and gives its default. */
export interface SettingTypes {
  'statusBar.visible': boolean;
  'terminal.environment': boolean;
}

export type SettingKey = keyof SettingTypes;

export const SETTING_KEYS: Readonly<Record<SettingKey, 'boolean'>> = {
  'statusBar.visible': 'boolean',
  'terminal.environment': 'boolean',
};
