export interface TestHost {
  readonly node: string;
  readonly serverMain: string;
}

export function ensureTestHost(options?: {
  readonly log?: (message: string) => void;
}): Promise<TestHost>;
