import { setPriority } from 'node:os';

/** A third of the share that a media thread gets where both want a core, and last to be woken. */
const NICENESS = 5;

/**
 * Has a process, or this thread, wait where a media thread has something to do: a packet that is late is seen, an answer
 * that is late by a packet is not. Linux counts threads one by one, and those already there keep theirs; elsewhere it
 * would hold for the media threads too.
 */
export function giveWay(pid = 0): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(pid, NICENESS);
  } catch {
    // It has just ended, or the operator has given it less already.
  }
}
