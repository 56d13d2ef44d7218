import { readdirSync, readFileSync } from 'node:fs';

/*
 * Processor time as the operating system accounts for it (proc(5)), in milliseconds. It comes in ticks of 10 ms (`getconf CLK_TCK` is
 * 100 wherever Linux runs Node), whatever the process did between them: so a series has to last seconds, of which one tick is less
 * than 1 %.
 */

const TICK = 10;

/** The fields of /proc/PID/stat behind the name, which may itself have spaces and brackets. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** What a process has used with all its threads, in its own code and in the kernel's (utime and stime). */
export function processorTime(pid: number): number {
  const [user = 0, system = 0] = statOf(pid).slice(11, 13).map(Number);
  return (user + system) * TICK;
}

/** What this process and all that it has started have used, also of those that have ended (utime, stime, cutime, cstime). */
function ownTime(): number {
  const times = new Map<number, { parent: number; time: number }>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = statOf(Number(name));
      const time = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) * TICK;
      times.set(Number(name), { parent: Number(fields[1]), time });
    } catch {
      // It ended between the two looks; its parent has its time then.
    }
  }
  const isOurs = (pid: number): boolean => {
    if (pid === process.pid) return true;
    const parent = times.get(pid)?.parent;
    return parent !== undefined && parent > 1 && isOurs(parent);
  };
  return [...times].reduce((sum, [pid, { time }]) => (isOurs(pid) ? sum + time : sum), 0);
}

/** What the whole machine has used, and what it could have: idle and waiting for the disk are not used, stolen by the host is. */
function machineTime(): { used: number; all: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, field) => sum + field, 0);
  return { used: (all - (ticks[3] ?? 0) - (ticks[4] ?? 0)) * TICK, all: all * TICK };
}

/** @returns which share of all processors others have used since then, from 0 to 1, when called. */
export function watchForeignLoad(): () => number {
  const [before, own] = [machineTime(), ownTime()];
  return () => {
    const after = machineTime();
    const foreign = after.used - before.used - (ownTime() - own);
    return Math.max(0, foreign / Math.max(TICK, after.all - before.all));
  };
}
