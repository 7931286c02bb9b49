/** Times `work` in milliseconds. */
export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const start = performance.now();
  const value = await work();
  return { ms: performance.now() - start, value };
}

/** The value below which this share of the samples lies. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** One row of the table. */
export interface Row {
  readonly what: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly unit: string;
  /** As people read it; `met` says whether this run kept to it. */
  readonly target?: string;
  readonly met?: boolean;
}

export function latencies(samples: readonly number[]): Readonly<Record<string, number>> {
  return { p50: quantile(samples, 0.5), p99: quantile(samples, 0.99) };
}

export function table(rows: readonly Row[]): string {
  const lines = rows.map(({ what, figures, unit, target, met }) => {
    const values = Object.entries(figures).map(([name, value]) => `${name} ${round(value)}`);
    const verdict = met === undefined ? '' : met ? 'met' : 'MISSED';
    return [what, `${values.join('  ')} ${unit}`, target ?? '', verdict];
  });
  const widths = [0, 1, 2].map((column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
