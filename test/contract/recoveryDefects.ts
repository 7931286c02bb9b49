/**
 * Defects of the original in recovery, in what survives a kill, and in what foreign processes do to
 * it, and what shows that they are not here.
 */
import { tested, type Defect } from './defect';

const DAMAGE = 'integration/coordinator/damage.test.ts';
const FAILOVER = 'integration/coordinator/failover.test.ts';
const FOREIGN = 'integration/platform/portProbe.test.ts';
const HEALTH = 'unit/coordinator/healthMonitor.test.ts';
const ORPHANS = 'integration/coordinator/orphans.test.ts';
const RETRIES = 'unit/coordinator/retries.test.ts';
const SECTIONS = 'unit/core/config/sections.test.ts';
const SYSTEM = 'unit/coordinator/systemRecovery.test.ts';

const CONFLICTS: readonly Defect[] = [
  tested(
    'max_retries is read by nothing',
    RETRIES,
    'is refused after the last try, with who has the ports',
  ),
  tested(
    'backoff_ms and backoff_multiplier are read by nothing',
    RETRIES,
    'gets the first port that comes free while it is tried again',
  ),
  tested('the port is looked at on 127.0.0.1 only', FOREIGN, 'is busy: '),
  tested(
    'any error of the look counts as taken',
    'unit/platform/portProbe.test.ts',
    'does not call a port taken when the process has no sockets left',
  ),
];

const HEALTH_MONITORING: readonly Defect[] = [
  tested('nothing is ever released', ORPHANS, 'is released when its window is killed'),
  tested(
    'the process that is looked at is the daemon, not the holder',
    'unit/coordinator/attendance.test.ts',
    'is proven to have ended when another process has the pid',
  ),
  tested(
    'what nobody listens on yet counts as unhealthy',
    HEALTH,
    'releases an orphan after so many checks, and none that is held',
  ),
  tested(
    'nobody hears what was seen or done',
    HEALTH,
    'shows who listens as soon as it looked, and pushes it once',
  ),
  tested('HTTP checks are to be written', HEALTH, 'where its plan says how, with each check'),
  tested(
    'counters can be read nowhere',
    ORPHANS,
    'is none while its window is frozen: the process is there',
  ),
];

const SYSTEM_RECOVERY: readonly Defect[] = [
  tested(
    'max_recovery_attempts is read by nothing',
    SYSTEM,
    'says why it could not, and tries again as often as it may',
  ),
  tested(
    'it runs after the state was replaced already',
    SYSTEM,
    'says which copies were damaged, and where they lie now',
  ),
  tested(
    'its repair writes what loading rejects',
    'unit/core/recovery/system.test.ts',
    'is all of them, made anew from the allocations',
  ),
  tested(
    'a damaged file is kept in one case only',
    DAMAGE,
    'is moved aside when the other one is needed in its place',
  ),
  tested(
    'whatever nobody listens on is an orphan',
    ORPHANS,
    'is held by the window after a reload',
  ),
];

const SETTINGS: readonly Defect[] = [
  tested(
    'one key of a layer drops the others',
    SECTIONS,
    'comes over the defaults, key by key and layer by layer',
  ),
  tested(
    'an interval that is missing or 0 makes the monitor spin',
    SECTIONS,
    'counts as the nearest bound where the original checked nothing',
  ),
  tested(
    'naming one key switches the look at the machine off',
    SECTIONS,
    'comes over the defaults, key by key and layer by layer',
  ),
];

const KILLED: readonly Defect[] = [
  tested(
    'what was acknowledged is lost by a kill at once',
    FAILOVER,
    'by kill -9 in the middle of a burst: nothing that was answered is',
  ),
  tested(
    'what was acknowledged long ago is lost by a later kill',
    FAILOVER,
    'again and again: the last one knows what the first one answered',
  ),
  tested(
    'locks of the dead stay in the way',
    'integration/coordinator/tidying.test.ts',
    'by kill -9: claims and sockets of the dead disappear',
  ),
  tested(
    'the file stays behind memory for good',
    'unit/coordinator/ledger.test.ts',
    'never has a commit that the audit log does not have',
  ),
  tested(
    'what survived is gone ten seconds after the restart',
    'unit/coordinator/leadership.test.ts',
    'remembers after a reboot, also what was released, and whose it was',
  ),
];

const FOREIGN_PROCESSES: readonly Defect[] = [
  tested(
    'a port that somebody listens on is handed out: ::1, :: alone, the LAN address, 127.0.0.2',
    FOREIGN,
    'is busy for all who ask at once: ',
  ),
  tested(
    'a look says that a busy port is available',
    'integration/coordinator/listeners.test.ts',
    'is not given to anybody, and it is said who listens (',
  ),
  tested(
    'a port counts as busy for seconds after its process ended',
    FOREIGN,
    'is free again when the holder is gone',
  ),
];

export const RECOVERY_DEFECTS: readonly Defect[] = [
  ...CONFLICTS,
  ...HEALTH_MONITORING,
  ...SYSTEM_RECOVERY,
  ...SETTINGS,
  ...KILLED,
  ...FOREIGN_PROCESSES,
];
