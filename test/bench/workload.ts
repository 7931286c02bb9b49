import type { Coordinator } from '../../src/core/messages/coordinator';
import { timed } from './statistics';

/** Present allocations lie on ports from here on, out of the way of every type's range. */
const FIRST_PRESENT = 20_000;

const FILL_AT_ONCE = 100;

/** Allocates so many ports, of as many workspaces. */
export async function fill(coordinator: Coordinator, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += FILL_AT_ONCE) {
    const count = Math.min(FILL_AT_ONCE, to - first);
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        coordinator.allocate({
          workspace: `/bench/present/${first + index}`,
          service: 'web',
          serviceType: 'dev',
          port: FIRST_PRESENT + first + index,
        }),
      ),
    );
  }
}

export interface Latencies {
  readonly grants: number[];
  readonly repeats: number[];
  readonly releases: number[];
}

/** One caller: grant, the same again, release, over several workspaces. */
export async function oneCaller(coordinator: Coordinator, rounds: number): Promise<Latencies> {
  const latencies: Latencies = { grants: [], repeats: [], releases: [] };
  for (let round = 0; round < rounds; round += 1) {
    const request = { workspace: `/bench/one/${round % 8}`, service: 'web', serviceType: 'dev' };
    const grant = await timed(() => coordinator.allocate(request));
    const repeat = await timed(() => coordinator.allocate(request));
    const { id } = grant.value.allocation;
    const release = await timed(() => coordinator.release({ target: { id }, workspaces: [] }));
    latencies.grants.push(grant.ms);
    latencies.repeats.push(repeat.ms);
    latencies.releases.push(release.ms);
  }
  return latencies;
}

export interface Burst {
  readonly latencies: readonly number[];
  readonly duplicates: number;
}

/** Callers that ask in the same instant, each for a workspace of its own; then all release. */
export async function burst(
  callers: readonly Coordinator[],
  rounds: number,
  name: string,
): Promise<Burst> {
  const latencies: number[] = [];
  let duplicates = 0;
  for (let round = 0; round < rounds; round += 1) {
    const answers = await Promise.all(
      callers.map((caller, index) => {
        const workspace = `/bench/${name}/${round % 4}/${index}`;
        return timed(() => caller.allocate({ workspace, service: 'web', serviceType: 'dev' }));
      }),
    );
    latencies.push(...answers.map(({ ms }) => ms));
    const ports = new Set(answers.map(({ value }) => value.allocation.port));
    duplicates += answers.length - ports.size;
    await Promise.all(
      answers.map(({ value }, index) =>
        callers[index]?.release({ target: { id: value.allocation.id }, workspaces: [] }),
      ),
    );
  }
  return { latencies, duplicates };
}

/** Grants and releases in turn, by so many callers at once. Answers operations a second. */
export async function throughput(
  coordinator: Coordinator,
  callers: number,
  seconds: number,
): Promise<number> {
  let operations = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    Array.from({ length: callers }, async (_, index) => {
      const workspace = `/bench/many/${index}`;
      while (performance.now() < end) {
        const { allocation } = await coordinator.allocate({
          workspace,
          service: 'web',
          serviceType: 'dev',
        });
        await coordinator.release({ target: { id: allocation.id }, workspaces: [] });
        operations += 2;
      }
    }),
  );
  return operations / ((performance.now() - start) / 1000);
}
