import assert from 'node:assert/strict';
import {
  parseBootTime,
  parseCmdline,
  parseCwdLink,
  parseHexAddress,
  parseProcNet,
  parseProcStat,
  parseSockstat,
  parseSocketLink,
} from '../../../../src/platform/os/procfs';
import { linuxStartMark, linuxStartMs } from '../../../../src/platform/os/linux';
import { sample } from './samples';

describe('proc(5)', () => {
  it('shows IPv4 listeners and not connections', () => {
    assert.deepEqual(parseProcNet(sample('linux-proc-net-tcp')), [
      { port: 31501, address: '127.0.0.1', uid: 0, inode: '431694' },
      { port: 31502, address: '0.0.0.0', uid: 0, inode: '431695' },
      { port: 31506, address: '127.0.0.2', uid: 0, inode: '431699' },
      { port: 2024, address: '0.0.0.0', uid: 0, inode: '1060' },
    ]);
  });

  it('shows IPv6 listeners', () => {
    assert.deepEqual(parseProcNet(sample('linux-proc-net-tcp6')), [
      { port: 31503, address: '::', uid: 0, inode: '431696' },
      { port: 31505, address: '::', uid: 0, inode: '431698' },
      { port: 31504, address: '::1', uid: 0, inode: '431697' },
    ]);
  });

  it('counts sockets', () => {
    assert.equal(parseSockstat(sample('linux-sockstat')), 1);
    assert.equal(parseSockstat(sample('linux-sockstat6')), 0);
    assert.equal(parseSockstat('TCP: inuse 120 orphan 0'), 120);
    assert.equal(parseSockstat('UDP: inuse 1'), undefined);
    assert.equal(parseSockstat(''), undefined);
  });

  it('skips lines that are cut or are something else', () => {
    const text = sample('linux-proc-net-tcp').slice(0, 230);
    assert.deepEqual(parseProcNet(text), []);
    assert.deepEqual(parseProcNet('not a table'), []);
  });

  const addresses: readonly (readonly [string, string | undefined])[] = [
    ['0100007F', '127.0.0.1'],
    ['00000000', '0.0.0.0'],
    ['020000C0', '192.0.0.2'],
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000001000000', '::1'],
    ['0000000000000000FFFF00000100007F', '::ffff:127.0.0.1'],
    ['B80D0120000000000000000001000000', '2001:db8::1'],
    ['000080FE00000000FF00FC0201000000', 'fe80::2fc:ff:0:1'],
    ['B80D0120010002000300040005000600', '2001:db8:2:1:4:3:6:5'],
    ['', undefined],
    ['0100007', undefined],
    ['0100007G', undefined],
  ];
  for (const [hex, address] of addresses) {
    it(`reads the address ${hex || '(empty)'} as ${address ?? 'none'}`, () => {
      assert.equal(parseHexAddress(hex), address);
    });
  }

  it('tells state and start of a process', () => {
    assert.deepEqual(parseProcStat(sample('linux-proc-pid-stat')), {
      state: 'R',
      startTicks: 220812,
    });
  });

  it('is not fooled by the name of a process', () => {
    const evil = sample('linux-proc-pid-stat').replace('(node)', '(a) R 1 1) (b c)');
    assert.deepEqual(parseProcStat(evil), { state: 'R', startTicks: 220812 });
    assert.equal(parseProcStat(''), undefined);
    assert.equal(parseProcStat('12 (node) R 1 2'), undefined);
  });

  it('dates a process from boot, and a zombie not at all', () => {
    const bootedAt = (parseBootTime(sample('linux-proc-stat')) ?? 0) * 1000;
    const stat = sample('linux-proc-pid-stat');
    assert.equal(linuxStartMs(stat, bootedAt), 1_795_416_432_000 + 2_208_120);
    assert.equal(linuxStartMs(stat.replace(') R ', ') Z '), bootedAt), undefined);
    assert.equal(linuxStartMs(stat, undefined), undefined);
  });

  it('marks the start of a process, whatever the clock says, and of a zombie not at all', () => {
    const stat = sample('linux-proc-pid-stat');
    assert.equal(linuxStartMark(stat), '220812');
    assert.equal(linuxStartMark(stat.replace(') R ', ') Z ')), undefined);
    assert.equal(linuxStartMark(''), undefined);
  });

  it('tells sockets, command and folder', () => {
    assert.equal(parseSocketLink('socket:[431694]'), '431694');
    assert.equal(parseSocketLink('pipe:[431694]'), undefined);
    assert.equal(parseCmdline('node\0server.js\0--port\x003000\0'), 'node server.js --port 3000');
    assert.equal(parseCmdline(''), undefined);
    assert.equal(parseCwdLink('/home/me/shop (deleted)'), '/home/me/shop');
    assert.equal(parseCwdLink('/home/me/shop'), '/home/me/shop');
  });
});
