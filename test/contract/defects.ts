/** Defects of the original in service types, allocation and auto-allocation, and what shows that they are not here. */

import { absent, tested, type Defect } from './defect';
import { RECOVERY_DEFECTS } from './recoveryDefects';

const ALLOCATE = 'unit/core/allocate.test.ts';
const AUTO_RANGE = 'unit/core/autoRange.test.ts';
const CONFIG_FILE = 'integration/platform/configFile.test.ts';
const CONFIGURATION = 'integration/coordinator/configuration.test.ts';
const DEFECTS = 'unit/core/defects.test.ts';
const ENGINE = 'integration/cli/engine.test.ts';
const RESERVATIONS = 'unit/core/config/reservations.test.ts';
const SERVICE_TYPES = 'unit/core/config/serviceTypes.test.ts';
const SHARING = 'unit/core/sharing.test.ts';
const UNKNOWN = 'unit/core/unknownTypes.test.ts';

const TYPES: readonly Defect[] = [
  tested(
    'documents tell other ranges than the program has',
    'contract/documents.test.ts',
    'has the range of every service type',
  ),
  tested(
    'more ports are promised than there are',
    'unit/core/catalogue.test.ts',
    'has 1,404 ports and no overlap',
  ),
  tested(
    'manual allocations are read by nothing, so their ports are not protected',
    RESERVATIONS,
    'come from manual allocations too, at the top and in service types',
  ),
  tested(
    'a type in the configuration replaces the built-in one whole',
    SERVICE_TYPES,
    'keeps what it does not say of a built-in type',
  ),
];

const ALLOCATION: readonly Defect[] = [
  tested(
    'privileged ports are granted',
    DEFECTS,
    'grants no privileged port, planned or asked for',
  ),
  tested(
    'a port with letters behind it is taken for a number',
    'unit/cli/arguments.test.ts',
    'refuses the port ',
  ),
  absent(
    'null as the wished port is refused',
    'Null comes with the HTTP API; everywhere else a port that nobody names is left out.',
  ),
  tested(
    'the recorded process is the daemon, not who asked',
    DEFECTS,
    'records who asked, with process and kind',
  ),
  tested(
    'looking at a port takes it for a moment, and others see it busy',
    'integration/platform/portProbe.test.ts',
    'is not mistaken for an own look at it',
  ),
  tested(
    'the look at a port misses other local addresses',
    'integration/platform/portProbe.test.ts',
    'is busy: ',
  ),
  tested(
    'two that ask at once for the same port are safe by luck',
    'integration/cli/burst.test.ts',
    'give fifty different ports',
  ),
  absent('no UDP ports', 'Styxy gives TCP ports; a range of UDP ports is no feature of it.'),
];

const RELEASE: readonly Defect[] = [
  tested(
    'a release answers with an error although it was done',
    'integration/cli/commands.test.ts',
    'releases by name, port and id, and gives the same port again',
  ),
  tested(
    'anybody can release anything',
    'unit/core/release.test.ts',
    'is refused, named, with how to do it all the same',
  ),
  tested(
    'a service that binds and ends is never noticed',
    'integration/coordinator/listeners.test.ts',
    'is seen coming and going by everyone',
  ),
];

const SINGLETON: readonly Defect[] = [
  tested(
    'the command line fails where the singleton exists already',
    ENGINE,
    'shares a singleton between workspaces until the last one leaves',
  ),
  tested('whose it is names the daemon', SHARING, 'is one for all who ask, and says whose it is'),
  tested(
    'a singleton without an allocation is answered for ever',
    'unit/core/departures.test.ts',
    'ends with the last of them, unless somebody listens',
  ),
  tested(
    'unlike services of one type have to share one port',
    SHARING,
    'is another for each service name, unless its type says there is one',
  ),
  tested(
    'the first to release ends it for all',
    SHARING,
    'is left by who releases it, and ends with the last',
  ),
];

const CLEANUP: readonly Defect[] = [
  tested(
    'a restart loses every allocation',
    'integration/cli/commands.test.ts',
    'gives a service its port, and the same one to the next run',
  ),
  tested(
    'age alone ends the allocation of a live service',
    DEFECTS,
    'leaves an allocation alone however old it is',
  ),
  tested(
    'looking at the machine stops all answers',
    'integration/coordinator/worker.test.ts',
    'answers while the main thread is blocked, and stays the leader',
  ),
  tested(
    'another process on an allocated port is never seen',
    'integration/coordinator/listeners.test.ts',
    'is not given to anybody, and it is said who listens (',
  ),
  absent(
    'cleaning up by request has another limit, and leaves singletons',
    'There is no such command yet, and nothing ends by age.',
  ),
  absent(
    'a dry run ignores the system and records a range for an unknown type',
    'Dry runs come with the HTTP API; "styxy plan --check" asks for nothing.',
  ),
];

const TEMPLATES: readonly Defect[] = [
  tested(
    'templates are shown and never applied',
    'unit/core/templates.test.ts',
    'shifts where the search begins when it is named',
  ),
  tested(
    'the option for a template is unknown',
    ENGINE,
    'shifts where the search begins by a template',
  ),
];

const UNKNOWN_TYPES: readonly Defect[] = [
  tested(
    'unknown types of one moment get the same range',
    CONFIGURATION,
    'shows ten ranges that were found at once, disjoint, and its own comments',
  ),
  tested(
    'ranges lie without a gap',
    UNKNOWN,
    'is ten disjoint ranges with their gaps for ten of them',
  ),
  tested(
    'a range is recorded before the name is looked at',
    DEFECTS,
    'finds no range for a bad name',
  ),
  tested(
    'a refused request leaves its range behind',
    UNKNOWN,
    'leaves nothing behind when its port is refused',
  ),
  tested(
    'a missing type is taken for one named "undefined"',
    ALLOCATE,
    'is missing: refused with the types',
  ),
  tested(
    'names that were recorded for ever break the configuration',
    SERVICE_TYPES,
    'is ignored with a warning under a name that only the original would write',
  ),
];

const PLACEMENTS: readonly Defect[] = [
  tested(
    '"after" ignores the lower bound',
    AUTO_RANGE,
    'does not go below min_port, however low the highest range ends',
  ),
  tested('"before" always fails', AUTO_RANGE, 'ends a gap below the lowest range above min_port'),
  tested(
    '"smart" goes below the lower bound',
    AUTO_RANGE,
    'takes the first gap in bounds for a family below them, and for one without relatives',
  ),
  tested(
    '"smart" takes the first gap before any relative',
    AUTO_RANGE,
    'puts a type behind the one that does the same work',
  ),
  tested('the placement of a rule is never read', AUTO_RANGE, 'set the placement'),
  tested(
    'the preferred start of a rule is never read',
    AUTO_RANGE,
    'set where the search begins, also below min_port',
  ),
  tested(
    'the pattern of a rule is a regular expression by accident',
    'unit/core/glob.test.ts',
    'takes everything but * and ? for itself',
  ),
  tested(
    'a chunk of one port always fails',
    DEFECTS,
    'works with ranges of one, two and three ports',
  ),
  tested(
    'a small chunk hands out ports beyond its range',
    DEFECTS,
    'works with ranges of one, two and three ports',
  ),
];

const BACKUP_AND_AUDIT: readonly Defect[] = [
  absent(
    'restoring a backup is written, and no command reaches it',
    'There is no such code: backups are files beside the configuration, to be copied back by hand.',
  ),
  tested(
    'a backup is restored without a look at it',
    CONFIGURATION,
    'with an error changes nothing, says where, and does so for the next leader too',
  ),
  tested(
    'grants and releases are not in the audit log',
    'integration/coordinator/audit.test.ts',
    'tells every change in the order of the commits, and who did it',
  ),
  tested(
    'the audit log tells the general placement, not that of the range',
    DEFECTS,
    'tells the placement of the rule that counted',
  ),
];

const COMMANDS: readonly Defect[] = [
  tested(
    'who runs does not notice an undo',
    ENGINE,
    'finds a range for an unknown type, shows it, and takes it back once it is free',
  ),
  tested('who runs does not notice the switch', ENGINE, 'switches auto-allocation off and on'),
  tested(
    'the status tells other defaults than those in force',
    'unit/core/config/sections.test.ts',
    'is what the file says over the defaults',
  ),
  tested('the switch is written without a backup', CONFIG_FILE, 'keeps what was there as a backup'),
  tested(
    'the switch overwrites an edit of the same moment',
    CONFIG_FILE,
    'is refused when the file changes while it is prepared',
  ),
  tested(
    'an undo leaves the allocations of the range behind',
    UNKNOWN,
    'loses its range by undo, but not while a port of it is held',
  ),
];

const ROBUSTNESS: readonly Defect[] = [
  tested(
    'one bad value leaves two types and switches auto-allocation off',
    CONFIGURATION,
    'with an error changes nothing, says where, and does so for the next leader too',
  ),
  tested(
    'a file that is no JSON is passed over in silence',
    'unit/core/config/readConfiguration.test.ts',
    'is refused in plain words: ',
  ),
  tested(
    'the sample and the generated file break the types in them',
    SERVICE_TYPES,
    'may say "range", as the sample and the generator of the original do',
  ),
  tested('a type without preferred ports fails', SERVICE_TYPES, 'needs a range only'),
  tested(
    'ranges may overlap unseen',
    'unit/core/config/overlaps.test.ts',
    'are warned of once for each pair, with both names and what they share',
  ),
  absent(
    'keys for the daemon are documented and never read',
    'Nothing reads them here either, and docs/configuration.md says so.',
  ),
];

export const DEFECTS_OF_THE_ORIGINAL: readonly Defect[] = [
  ...TYPES,
  ...ALLOCATION,
  ...RELEASE,
  ...SINGLETON,
  ...CLEANUP,
  ...TEMPLATES,
  ...UNKNOWN_TYPES,
  ...PLACEMENTS,
  ...BACKUP_AND_AUDIT,
  ...COMMANDS,
  ...ROBUSTNESS,
  ...RECOVERY_DEFECTS,
];
