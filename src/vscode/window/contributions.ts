/** What the manifest contributes, with its types: commands and settings. */

/** Commands of the palette, the tree and the status bar: each is contributed and has a handler. */
export const PALETTE_COMMANDS = [
  'styxy.allocatePort',
  'styxy.releasePort',
  'styxy.inspectPort',
  'styxy.movePort',
  'styxy.moveToFreePort',
  'styxy.releaseWorkspacePorts',
  'styxy.copyPort',
  'styxy.copyUrl',
  'styxy.openInBrowser',
  'styxy.addPortVariable',
  'styxy.allocatePlan',
  'styxy.createPlan',
  'styxy.undoAutoAllocation',
  'styxy.enableAutoAllocation',
  'styxy.disableAutoAllocation',
  'styxy.openConfiguration',
  'styxy.showAuditLog',
  'styxy.diagnose',
  'styxy.showRecoveryReport',
  'styxy.handOverLeadership',
  'styxy.copyDiagnostics',
] as const;

/** Behind links of views and messages; not contributed. */
type PrivateCommand = '_styxy.showLog';

export type CommandId = (typeof PALETTE_COMMANDS)[number] | PrivateCommand;

/** Answers `${input:...}`; `styxy.port.<service>` answers `${command:...}`. */
export const VARIABLE_COMMAND = 'styxy.port';

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
