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
