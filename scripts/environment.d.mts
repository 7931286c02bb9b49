export function cleanEnvironment(
  extra?: Readonly<Record<string, string>>,
): Record<string, string | undefined>;
