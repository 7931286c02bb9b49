export { Workbench, type WorkbenchOptions } from './workbench';
export { WorkbenchWindow } from './window';
export { waitFor } from './waiting';
export { packExtension } from './vsix';
