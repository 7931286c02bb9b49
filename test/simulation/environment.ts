/** Which machine the replaced modules of Node belong to. */
import type { Disk } from './disk';

let present: Disk | undefined;

export function mount(disk: Disk | undefined): void {
  present = disk;
}

/** Errors: throws outside of a run. */
export function mounted(): Disk {
  if (present === undefined) {
    throw new Error('A file was touched outside of a simulated run.');
  }
  return present;
}
