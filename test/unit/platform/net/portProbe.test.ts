import assert from 'node:assert/strict';
import { StyxyError } from '../../../../src/core/domain/errors';
import {
  bindResult,
  PerPortQueue,
  SystemPortProbe,
  verdict,
} from '../../../../src/platform/net/portProbe';

describe('what a refused bind means', () => {
  const meanings = [
    [undefined, 'free'],
    ['EADDRINUSE', 'busy'],
    ['EACCES', 'forbidden'],
    ['EADDRNOTAVAIL', 'absent'],
    ['EAFNOSUPPORT', 'absent'],
    ['EPERM', 'unknown'],
    ['EINVAL', 'unknown'],
  ] as const;
  for (const [errno, result] of meanings) {
    it(`${errno ?? 'no error'} is ${result}`, () => {
      assert.equal(bindResult(errno), result);
    });
  }

  const verdicts = [
    [['free', 'free', 'free', 'free'], 'free'],
    [['absent', 'free', 'free', 'absent'], 'free'],
    [['free', 'free', 'free', 'busy'], 'busy'],
    [['forbidden', 'busy'], 'busy'],
    [['free', 'forbidden'], 'forbidden'],
    [['free', 'unknown'], 'forbidden'],
    [['absent', 'absent'], 'forbidden'],
    [[], 'forbidden'],
  ] as const;
  for (const [results, kind] of verdicts) {
    it(`${results.join(', ') || 'nothing'} together is ${kind}`, () => {
      assert.equal(verdict(results.map((result) => ({ address: 'x', result }))), kind);
    });
  }
});

describe('the direct check', () => {
  function probe(
    answers: Readonly<Record<string, string>>,
    platform: NodeJS.Platform = 'linux',
  ): { probe: SystemPortProbe; asked: string[] } {
    const asked: string[] = [];
    return {
      asked,
      probe: new SystemPortProbe({
        platform,
        localAddresses: () => ['127.0.0.1', '192.0.2.7'],
        bind: (address) => {
          asked.push(address);
          return Promise.resolve(answers[address]);
        },
      }),
    };
  }

  it('asks four addresses on Linux, the dual-stack one first', async () => {
    const { probe: it, asked } = probe({});
    assert.equal(await it.check(3000), 'free');
    assert.deepEqual(asked, ['::', '0.0.0.0', '127.0.0.1', '::1']);
  });

  it('stops at the first busy address', async () => {
    const { probe: it, asked } = probe({ '0.0.0.0': 'EADDRINUSE' });
    assert.equal(await it.check(3000), 'busy');
    assert.deepEqual(asked, ['::', '0.0.0.0']);
  });

  it('asks the own addresses too where a wildcard does not meet them', async () => {
    for (const platform of ['darwin', 'win32'] as const) {
      const { probe: it, asked } = probe({ '192.0.2.7': 'EADDRINUSE' }, platform);
      assert.equal(await it.check(3000), 'busy');
      assert.deepEqual(asked, ['::', '0.0.0.0', '127.0.0.1', '::1', '192.0.2.7']);
    }
  });

  it('tells address by address', async () => {
    const { probe: it } = probe({ '::': 'EAFNOSUPPORT', '127.0.0.1': 'EADDRINUSE', '::1': 'EIO' });
    assert.deepEqual(await it.addresses(3000), [
      { address: '::', result: 'absent' },
      { address: '0.0.0.0', result: 'free' },
      { address: '127.0.0.1', result: 'busy' },
      { address: '::1', result: 'unknown' },
    ]);
  });

  it('does not call a port taken when the process has no sockets left', async () => {
    const { probe: it } = probe({ '::': 'EMFILE' });
    await assert.rejects(
      it.check(3000),
      (error) => error instanceof StyxyError && error.code === 'internal' && error.retryable,
    );
    assert.equal(await probe({}).probe.check(3000), 'free');
  });
});

describe('looks at a port', () => {
  function deferred(): { promise: Promise<string>; resolve: (value: string) => void } {
    let resolve: (value: string) => void = () => undefined;
    const promise = new Promise<string>((done) => {
      resolve = done;
    });
    return { promise, resolve };
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  it('never overlap, looks at different ports do', async () => {
    const queue = new PerPortQueue<string>();
    const [first, second] = [deferred(), deferred()];
    const began: string[] = [];
    const look = (name: string, answer: Promise<string>) => () => {
      began.push(name);
      return answer;
    };
    const one = queue.run(3000, 'check', look('3000 check', first.promise));
    const two = queue.run(3000, 'choose', look('3000 choose', second.promise));
    const three = queue.run(3001, 'check', look('3001 check', Promise.resolve('other')));
    assert.equal(await three, 'other');
    assert.deepEqual(began, ['3000 check', '3001 check']);
    first.resolve('a');
    assert.equal(await one, 'a');
    await settle();
    assert.deepEqual(began, ['3000 check', '3001 check', '3000 choose']);
    second.resolve('b');
    assert.equal(await two, 'b');
  });

  it('are shared with those who ask the same before they begin, not after', async () => {
    const queue = new PerPortQueue<string>();
    const running = deferred();
    let looks = 0;
    const look = () => {
      looks++;
      return looks === 1 ? running.promise : Promise.resolve(`look ${looks}`);
    };
    const first = queue.run(3000, 'check', look);
    await settle();
    const later = [queue.run(3000, 'check', look), queue.run(3000, 'check', look)];
    running.resolve('look 1');
    assert.equal(await first, 'look 1');
    assert.deepEqual(await Promise.all(later), ['look 2', 'look 2']);
    assert.equal(await queue.run(3000, 'check', look), 'look 3');
  });

  it('looks that fail fail for their callers only', async () => {
    const queue = new PerPortQueue<string>();
    const failing = queue.run(3000, 'check', () => Promise.reject(new Error('no')));
    const next = queue.run(3000, 'choose', () => Promise.resolve('yes'));
    await assert.rejects(failing, /no/);
    assert.equal(await next, 'yes');
  });
});
