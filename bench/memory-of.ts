import { readFileSync } from 'node:fs';

/** The memory of a process in bytes, as Linux counts it (proc(5)): what it has, or the most it has had; 0 of one that has ended. */
export function memoryOf(pid: number | undefined, what: 'VmRSS' | 'VmHWM'): number {
  try {
    return 1_024 * Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
