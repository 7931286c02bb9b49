/** What is known of an open terminal, as `vscode.Terminal` has it. */
export interface OpenTerminal {
  readonly state: { readonly isInteractedWith: boolean };
  readonly creationOptions: object;
}

export interface Running {
  readonly terminals: readonly OpenTerminal[];
  /** Whether a task runs that this extension host knows of. */
  readonly tasksRun: boolean;
  /** Whether the terminal is that of a task that is known to have ended. */
  readonly hasEnded: (terminal: OpenTerminal) => boolean;
}

/**
 * Whether a change of the environment would end what runs in a terminal. The editor starts a
 * terminal again that was not typed into when its environment changes, and the terminal of a
 * background task with it (`task.reconnection`): a server would be killed because another service
 * got a port. A shell that was not used yet has nothing to lose. A window whose extension host
 * crashed is no longer notified of tasks, but sees what their terminals were started with.
 */
export function changeEndsWork({ terminals, tasksRun, hasEnded }: Running): boolean {
  return (
    tasksRun ||
    terminals.some((it) => !it.state.isInteractedWith && runsCommand(it) && !hasEnded(it))
  );
}

function runsCommand({ creationOptions }: OpenTerminal): boolean {
  const args: unknown = 'shellArgs' in creationOptions ? creationOptions.shellArgs : undefined;
  return (typeof args === 'string' || Array.isArray(args)) && args.length > 0;
}
