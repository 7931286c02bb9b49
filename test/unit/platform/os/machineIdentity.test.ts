import assert from 'node:assert/strict';
import {
  cgroupIsContainer,
  hostIdOf,
  parseIoreg,
  parseMachineIdFile,
  parseRegValue,
  readMachineId,
} from '../../../../src/platform/os/machineIdentity';
import { runFrom, sample } from './samples';

const MACHINE = '3d1219c7c4c5404aaa1f6d2a48adfda4';

describe('the host id', () => {
  it('is 12 hex digits and the same each time', () => {
    const facts = { machineId: MACHINE, hostname: 'box', inContainer: false };
    assert.match(hostIdOf(facts), /^[0-9a-f]{12}$/);
    assert.equal(hostIdOf(facts), hostIdOf({ ...facts }));
  });

  it('does not change with the host name on a real machine', () => {
    const facts = { machineId: MACHINE, inContainer: false };
    assert.equal(
      hostIdOf({ ...facts, hostname: 'home' }),
      hostIdOf({ ...facts, hostname: 'hotel' }),
    );
  });

  it('differs between containers that share the machine id of their image', () => {
    const facts = { machineId: MACHINE, inContainer: true };
    assert.notEqual(hostIdOf({ ...facts, hostname: 'a' }), hostIdOf({ ...facts, hostname: 'b' }));
  });

  it('falls back to the host name', () => {
    const facts = { machineId: undefined, inContainer: false };
    assert.notEqual(hostIdOf({ ...facts, hostname: 'a' }), hostIdOf({ ...facts, hostname: 'b' }));
  });
});

describe('the machine id', () => {
  it('is read from a Linux file', () => {
    assert.equal(parseMachineIdFile(`${MACHINE}\n`), MACHINE);
    assert.equal(parseMachineIdFile('uninitialized\n'), undefined);
    assert.equal(parseMachineIdFile(''), undefined);
  });

  it('is read from ioreg', async () => {
    const uuid = '01234567-89ab-cdef-0123-456789abcdef';
    assert.equal(parseIoreg(sample('darwin-ioreg')), uuid);
    assert.equal(parseIoreg(''), undefined);
    const { run, calls } = runFrom([['/usr/sbin/ioreg', sample('darwin-ioreg')]]);
    assert.equal(await readMachineId({ platform: 'darwin', run, systemRoot: '' }), uuid);
    assert.deepEqual(calls, ['/usr/sbin/ioreg -rd1 -c IOPlatformExpertDevice']);
  });

  it('is read from the Windows registry', async () => {
    const guid = '0123abcd-4567-89ab-cdef-0123456789ab';
    const text = sample('win32-reg-machineguid');
    assert.equal(parseRegValue(text, 'MachineGuid'), guid);
    assert.equal(parseRegValue(text, 'BootId'), undefined);
    const { run, calls } = runFrom([['reg.exe MachineGuid', text]]);
    assert.equal(await readMachineId({ platform: 'win32', run, systemRoot: 'C:\\Windows' }), guid);
    assert.match(calls[0] ?? '', /^C:\\Windows\\System32\\reg\.exe query HKLM\\SOFTWARE\\/);
  });

  it('is unknown when the tool tells nothing', async () => {
    const { run } = runFrom([]);
    for (const platform of ['darwin', 'win32'] as const) {
      assert.equal(await readMachineId({ platform, run, systemRoot: 'C:\\Windows' }), undefined);
    }
  });
});

describe('a container', () => {
  it('is known by its cgroup', () => {
    assert.equal(cgroupIsContainer(sample('linux-cgroup-docker')), true);
    assert.equal(cgroupIsContainer('0::/kubepods/besteffort/pod1/abc\n'), true);
    assert.equal(cgroupIsContainer('0::/system.slice/docker-0123.scope\n'), true);
  });

  it('is not seen on a host, even one that runs Docker', () => {
    assert.equal(cgroupIsContainer(sample('linux-cgroup-host')), false);
    assert.equal(cgroupIsContainer('0::/system.slice/dockerd.service\n'), false);
    assert.equal(cgroupIsContainer(''), false);
  });
});
