/** What one health check costs: the monitor as a leader runs it, over listeners that are there. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openMachine, termTools } from '../../src/coordinator/wiring/adapters';
import { HealthMonitor } from '../../src/coordinator/health/healthMonitor';
import { decideAllocate } from '../../src/core/allocation/allocate';
import { isQuestion, type DecisionContext } from '../../src/core/allocation/decision';
import type { Participant } from '../../src/core/domain/model';
import { apply } from '../../src/core/state/apply';
import { emptyState, type State } from '../../src/core/state/state';
import { DEFAULT_RULES } from '../unit/core/allocation/support/rules';
import { quantile, type Row } from './statistics';

const ALLOCATIONS = 1400;
const LISTENERS = 200;
const CYCLES = 20;

export async function healthCycle(home: string): Promise<Row> {
  const server = await serve(home);
  try {
    const { state, caller } = filled(home, server.ports);
    const quiet = (): void => undefined;
    const machine = await openMachine({
      home,
      log: { debug: quiet, info: quiet, warn: console.error, error: console.error },
    });
    const { clock, log, look } = await termTools(machine, {});
    const monitor = new HealthMonitor({
      clock,
      log,
      look,
      firstCheckMs: 0,
      state: () => state,
      rules: () => DEFAULT_RULES,
      participants: () => [caller],
      onChange: quiet,
      onConflict: quiet,
    });
    // What is looked up once for a while: folders of the processes.
    await monitor.check();
    const costs: number[] = [];
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      const before = process.cpuUsage();
      await monitor.check();
      const { user, system } = process.cpuUsage(before);
      costs.push((user + system) / 1000);
    }
    const listening = [...state.allocations.values()].filter(
      (each) => monitor.view(each).state === 'listening',
    );
    if (listening.length !== LISTENERS) {
      throw new Error(`${listening.length} of ${LISTENERS} listeners were seen.`);
    }
    const p50 = quantile(costs, 0.5);
    return {
      what: `health check, ${ALLOCATIONS.toLocaleString('en')} allocations, ${LISTENERS} listeners`,
      figures: { p50, max: Math.max(...costs) },
      unit: 'ms of CPU',
      target: 'p50 <= 40',
      met: p50 <= 40,
    };
  } finally {
    server.child.kill();
    await once(server.child, 'close');
  }
}

/** So many listeners in a process of its own, on ports that the system chooses. */
async function serve(cwd: string): Promise<{ child: ChildProcess; ports: readonly number[] }> {
  const script = `
    const { createServer } = require('node:http');
    const ports = [];
    for (let index = 0; index < ${LISTENERS}; index += 1) {
      const server = createServer().listen(0, '127.0.0.1', () => {
        if (ports.push(server.address().port) === ${LISTENERS}) process.send(ports);
      });
    }`;
  const child = spawn(process.execPath, ['-e', script], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [ports] = (await once(child, 'message')) as [readonly number[]];
  return { child, ports };
}

function filled(home: string, listening: readonly number[]): { state: State; caller: Participant } {
  const caller: Participant = {
    id: 'benchmark',
    kind: 'window',
    label: 'benchmark',
    pid: process.pid,
    version: '0.0.0',
    folders: [home],
  };
  const taken = new Set(listening);
  const others = Array.from({ length: 2 * ALLOCATIONS }, (_, index) => 20_000 + index);
  const ports = [...listening, ...others.filter((port) => !taken.has(port))].slice(0, ALLOCATIONS);
  let state = emptyState();
  for (const [index, port] of ports.entries()) {
    const context: DecisionContext = {
      now: Date.now(),
      caller,
      findings: new Map([[port, { kind: 'free' }]]),
      connected: new Set([caller.id]),
      goneFolders: new Set(),
      branches: new Map(),
      newId: () => `allocation-${index}`,
    };
    const request = {
      requestId: `request-${index}`,
      workspace: index < LISTENERS ? home : `/bench/${index}`,
      service: `service-${index}`,
      serviceType: 'dev',
      port,
    };
    const decision = decideAllocate(state, request, context, DEFAULT_RULES);
    if (isQuestion(decision) || decision.kind !== 'answer') {
      throw new Error(`Port ${port} was not granted.`);
    }
    state = decision.events.reduce(apply, state);
  }
  return { state, caller };
}
