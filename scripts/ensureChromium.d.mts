export function ensureChromium(options?: {
  readonly log?: (message: string) => void;
}): Promise<string>;
export function onPath(name: string): string | undefined;
