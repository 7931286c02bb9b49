/** What differs between the operating systems. */
export interface ProcessFacts {
  /** Changes with every boot and with nothing else; undefined where the OS does not tell. */
  bootId(): Promise<string | undefined>;
  /** See `ProcessTable`. */
  startedAt(pid: number): Promise<number | undefined>;
  /** See `ListeningProcess.startMark`. */
  startMark(pid: number): Promise<string | undefined>;
}
