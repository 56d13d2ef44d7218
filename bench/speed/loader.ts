import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Job, Outcome } from './load.ts';
import { benchFile } from './subjects.ts';

/** The load generator, as it is told what to do. */
export interface Loader extends AsyncDisposable {
  /** @throws Error where an answer was not 200, or a connection broke. */
  run(job: Job): Promise<Outcome>;
}

export function startLoader(): Loader {
  const child = fork(benchFile('speed/load.ts'), { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    async run(job) {
      child.send(job);
      const [answer] = (await once(child, 'message')) as [{ outcome: Outcome } | { failure: string }];
      if ('failure' in answer) throw new Error(`${job.targets[0]?.path}: ${answer.failure}`);
      return answer.outcome;
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', kill);
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
