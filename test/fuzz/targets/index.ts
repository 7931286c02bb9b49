import type { Target } from '../target';
import { auditLines, auditReading, masking } from './audit';
import { commandLine } from './cli';
import { configuration } from './configuration';
import { dotenv } from './dotenv';
import { engine } from './engine';
import { git } from './git';
import { health } from './health';
import { listeners } from './listeners';
import { epochNames, lockRecord } from './lockFiles';
import { plan } from './plan';
import { protocol } from './protocol';
import { settings } from './settings';
import { socket } from './socket';
import { recovery, sealedCopies, stateBody } from './state';
import { debugReferences, inputEdits, taskArguments } from './variables';

/** Every place at which something comes in from outside. */
export const TARGETS: readonly Target[] = [
  protocol,
  socket,
  engine,
  commandLine,
  configuration,
  plan,
  dotenv,
  stateBody,
  recovery,
  sealedCopies,
  lockRecord,
  epochNames,
  auditLines,
  auditReading,
  masking,
  taskArguments,
  debugReferences,
  inputEdits,
  settings,
  listeners,
  git,
  health,
];
