/** The settings of Styxy with their types; the manifest describes each and gives its default. */
export interface SettingTypes {
  'statusBar.visible': boolean;
  'terminal.environment': boolean;
  'plan.allocateOnOpen': boolean;
  template: string;
}

export type SettingKey = keyof SettingTypes;

export const SETTING_KEYS: Readonly<Record<SettingKey, 'boolean' | 'string'>> = {
  'statusBar.visible': 'boolean',
  'terminal.environment': 'boolean',
  'plan.allocateOnOpen': 'boolean',
  template: 'string',
};

/** A value of the wrong type, which a hand-written settings.json may hold, counts as the default. */
export function settingFrom<Key extends SettingKey>(
  key: Key,
  value: unknown,
  fallback: SettingTypes[Key],
): SettingTypes[Key] {
  return typeof value === SETTING_KEYS[key] ? (value as SettingTypes[Key]) : fallback;
}
