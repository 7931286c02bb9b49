import { Home } from './home';

/** Homes at a time: each has a handful of processes. */
const AT_ONCE = 3;

export interface Scenario {
  readonly name: string;
  readonly run: (home: Home) => Promise<void>;
}

/**
 * Tests that mostly wait, each in a home of its own and several at a time: one after the other they
 * would take as long as all of their waiting.
 */
export function together(scenarios: readonly Scenario[]): void {
  const outcomes = new Map<Scenario, Promise<void>>();

  before(() => {
    const lanes = Array.from({ length: AT_ONCE }, () => Promise.resolve());
    scenarios.forEach((scenario, index) => {
      const lane = index % AT_ONCE;
      const outcome = (lanes[lane] ?? Promise.resolve()).then(() => inHome(scenario));
      outcomes.set(scenario, outcome);
      lanes[lane] = outcome.catch(() => undefined);
    });
  });

  for (const scenario of scenarios) {
    it(scenario.name, async () => {
      await outcomes.get(scenario);
    });
  }

  after(async () => {
    await Promise.allSettled(outcomes.values());
  });
}

async function inHome({ run }: Scenario): Promise<void> {
  const home = await Home.create();
  try {
    await run(home);
  } finally {
    await home.dispose();
  }
}
