/** `npm run bench`: speed and size, each figure beside its target, as a table and as JSON. */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { healthCycle } from './health';
import { idle } from './idle';
import { limitMs } from './limit';
import { latencies, quantile, table, timed, type Row } from './statistics';
import { takePart } from './takePart';
import { burst, fill, oneCaller, throughput } from './workload';

const ROUNDS = 400;
const FAILOVERS = 20;
const THROUGHPUT_SECONDS = 5;
const IDLE_ALLOCATIONS = 50;
const KILOBYTE = 1000;

async function main(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'styxy-bench-'));
  process.env.STYXY_HOME = home;
  try {
    const rows = [
      ...(await requests(home)),
      ...(await failover()),
      await healthCycle(home),
      ...(await idleRows()),
      ...(await sizes()),
    ];
    const [cpu] = cpus();
    const machine = { cpu: cpu?.model ?? 'unknown', cores: cpus().length, node: process.version };
    console.log(`${table(rows)}\n`);
    console.log(JSON.stringify({ machine, at: new Date().toISOString(), rows }));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function requests(home: string): Promise<Row[]> {
  const leader = await startLeader();
  const follower = takePart('benchmark follower');
  const others = Array.from({ length: 7 }, (_, index) => takePart(`benchmark window ${index}`));
  const { leader: leads } = await follower.status();
  if (leads.pid !== leader.pid) {
    throw new Error(`Process ${leads.pid} leads, not the one that was started for it.`);
  }
  try {
    const rows: Row[] = [];
    const medians: Record<string, number> = {};
    await oneCaller(follower, ROUNDS / 4);
    for (const [from, to] of [
      [0, 100],
      [100, 1000],
      [1000, 2000],
    ] as const) {
      await fill(follower, from, to);
      const measured = await oneCaller(follower, ROUNDS);
      medians[`with ${to}`] = quantile(measured.grants, 0.5);
      rows.push(...requestRows(measured, await limitMs(follower, home), to));
      if (to === 1000) {
        rows.push(await burstRow([follower, ...others], 'eight', 10));
        rows.push(await burstRow(Array<typeof follower>(50).fill(follower), 'fifty', 30));
        const rate = await throughput(follower, 64, THROUGHPUT_SECONDS);
        rows.push({
          what: 'durable operations, 64 callers',
          figures: { rate },
          unit: 'a second',
          target: '>= 5,000',
          met: rate >= 5000,
        });
      }
    }
    const growth = ((medians['with 2000'] ?? 0) / (medians['with 100'] ?? 1) - 1) * 100;
    rows.push({
      what: 'grant p50 by allocations present',
      figures: { ...medians, 'growth %': growth },
      unit: 'ms',
      target: 'growth < 20 %',
      met: growth < 20,
    });
    return rows;
  } finally {
    await Promise.all([follower, ...others].map((each) => each.close()));
    await stopLeader(leader);
  }
}

function requestRows(
  measured: Awaited<ReturnType<typeof oneCaller>>,
  limit: number,
  count: number,
): Row[] {
  const present = `${count.toLocaleString('en')} present`;
  const durable = (what: string, samples: readonly number[]): Row => {
    const figures = latencies(samples);
    const ratio = (figures.p50 ?? 0) / limit;
    return {
      what,
      figures: { ...figures, limit, ratio },
      unit: 'ms',
      target: 'p50 <= 1.5 and <= 3 x limit, p99 <= 10',
      met: (figures.p50 ?? 0) <= 1.5 && ratio <= 3 && (figures.p99 ?? 0) <= 10,
    };
  };
  const repeats = latencies(measured.repeats);
  return [
    durable(`grant, ${present}`, measured.grants),
    durable(`release, ${present}`, measured.releases),
    {
      what: `the same request again, ${present}`,
      figures: repeats,
      unit: 'ms',
      target: 'p50 <= 1',
      met: (repeats.p50 ?? 0) <= 1,
    },
  ];
}

async function burstRow(
  callers: readonly ReturnType<typeof takePart>[],
  name: string,
  targetMs: number,
): Promise<Row> {
  const { latencies: samples, duplicates } = await burst(callers, 20, name);
  const figures = latencies(samples);
  return {
    what: `${callers.length} callers at once`,
    figures: { ...figures, duplicates },
    unit: 'ms',
    target: `p99 <= ${targetMs}, no duplicate`,
    met: (figures.p99 ?? 0) <= targetMs && duplicates === 0,
  };
}

/** From the kill to the first grant by a survivor that followed. */
async function failover(): Promise<Row[]> {
  const samples: number[] = [];
  for (let round = 0; round < FAILOVERS; round += 1) {
    const leader = await startLeader();
    const survivor = takePart('benchmark survivor');
    const before = await survivor.status();
    if (before.leader.pid !== leader.pid) {
      throw new Error('The process to be killed does not lead.');
    }
    leader.kill('SIGKILL');
    const { ms } = await timed(() =>
      survivor.allocate({
        workspace: `/bench/failover/${round}`,
        service: 'web',
        serviceType: 'dev',
      }),
    );
    const after = await survivor.status();
    if (after.epoch <= before.epoch) {
      throw new Error('The epoch did not rise: nobody took over.');
    }
    samples.push(ms);
    await survivor.close();
  }
  const figures = latencies(samples);
  return [
    {
      what: 'leader killed to first grant',
      figures,
      unit: 'ms',
      target: 'p50 <= 150, p99 <= 500',
      met: (figures.p50 ?? 0) <= 150 && (figures.p99 ?? 0) <= 500,
    },
  ];
}

/** A leader and a follower with some allocations of their own, in a home of their own, left alone. */
async function idleRows(): Promise<Row[]> {
  const home = await mkdtemp(join(tmpdir(), 'styxy-bench-'));
  const before = process.env.STYXY_HOME;
  process.env.STYXY_HOME = home;
  const leader = await startLeader();
  const follower = await startLeader();
  const window = takePart('benchmark window');
  await fill(window, 0, IDLE_ALLOCATIONS);
  try {
    if (leader.pid === undefined || follower.pid === undefined) {
      throw new Error('A participant did not start.');
    }
    const row = await idle({ leader: leader.pid, follower: follower.pid });
    return row === undefined ? [] : [row];
  } finally {
    await window.close();
    await stopLeader(follower);
    await stopLeader(leader);
    process.env.STYXY_HOME = before;
    await rm(home, { recursive: true, force: true });
  }
}

async function sizes(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [path, target] of [
    ['dist/extension.js', 300],
    ['styxy.vsix', 600],
  ] as const) {
    const size = await sizeOf(path);
    if (size !== undefined) {
      rows.push({
        what: path,
        figures: { size: size / KILOBYTE },
        unit: 'kB',
        target: `<= ${target}`,
        met: size <= target * KILOBYTE,
      });
    }
  }
  return rows;
}

/** Undefined when it was not built. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(resolve(path))).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

async function startLeader(): Promise<ChildProcess> {
  const child = fork(join(__dirname, 'participant.js'));
  await new Promise<void>((resolveUp, reject) => {
    child.once('message', () => resolveUp());
    child.once('exit', (code) => reject(new Error(`The leader ended with code ${code}.`)));
  });
  return child;
}

async function stopLeader(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolveEnd) => child.once('exit', resolveEnd));
  child.send('close');
  await ended;
}

void main();
