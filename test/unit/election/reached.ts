/** What the running exploration came across, so that a proof about nothing is noticed. */
export const reached = new Set<string>();
