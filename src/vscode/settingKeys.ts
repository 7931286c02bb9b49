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
