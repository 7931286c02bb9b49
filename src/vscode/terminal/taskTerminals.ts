import * as vscode from 'vscode';
import { DisposableStore, Emitter } from '../window/dispose';
import { changeEndsWork } from './relaunch';

/** Knows whether a change of their environment would end work in terminals, and fires when not. */
export class TaskTerminals implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly changes: Emitter;
  private readonly pidOf = new WeakMap<object, number>();
  private readonly running = new Map<vscode.TaskExecution, number>();
  /**
   * Process ids of tasks that ended; their terminals may stay open until a key is pressed. Not of
   * background tasks: the editor would start those again as well.
   */
  private readonly ended = new Set<number>();

  constructor(log: vscode.LogOutputChannel) {
    const { tasks, window } = vscode;
    this.changes = new Emitter(log);
    this.store.add(window.onDidOpenTerminal((terminal) => this.learn(terminal)));
    this.store.add(window.onDidCloseTerminal(() => this.changes.fire()));
    this.store.add(window.onDidChangeTerminalState(() => this.changes.fire()));
    this.store.add(
      tasks.onDidStartTaskProcess(({ execution, processId }) => {
        this.running.set(execution, processId);
        // The system may have given the id of an ended task to this one.
        this.ended.delete(processId);
      }),
    );
    this.store.add(
      tasks.onDidEndTaskProcess(({ execution }) => {
        const pid = this.running.get(execution);
        this.running.delete(execution);
        if (pid !== undefined && !execution.task.isBackground) {
          this.ended.add(pid);
        }
        this.changes.fire();
      }),
    );
    this.store.add(tasks.onDidEndTask(() => this.changes.fire()));
    for (const terminal of window.terminals) {
      this.learn(terminal);
    }
  }

  /** Whether a change of the environment would end work now. */
  get changeEndsWork(): boolean {
    return changeEndsWork({
      terminals: vscode.window.terminals,
      tasksRun: vscode.tasks.taskExecutions.length > 0,
      hasEnded: (terminal) => this.ended.has(this.pidOf.get(terminal) ?? 0),
    });
  }

  /** Fires when the answer may have become another. */
  onDidChange(listener: () => void): vscode.Disposable {
    return this.changes.onDidChange(listener);
  }

  dispose(): void {
    this.store.dispose();
  }

  private learn(terminal: vscode.Terminal): void {
    void terminal.processId.then((pid) => {
      if (pid !== undefined) {
        this.pidOf.set(terminal, pid);
        this.changes.fire();
      }
    });
  }
}
