import type { Logger } from 'pino';
import { describeFailure } from '../web/failure.ts';
import { inEnglish } from '../web/language.ts';

/** What takes longer than somebody waits for a page: it goes on after the answer, and ends with the program. */
export class Runs implements AsyncDisposable {
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  readonly #running = new Map<string, Promise<void>>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /**
   * Begins it, after what is under way of the same id. What it says is kept and read by others, too, and so in English.
   * @param work is told when to stop, and sees itself to what is left of it then.
   */
  begin(id: string, work: (signal: AbortSignal) => Promise<void>): void {
    const before = this.#running.get(id) ?? Promise.resolve();
    const run: Promise<void> = before
      .then(() => inEnglish(() => work(this.#stopping.signal)))
      .catch((error: unknown) => {
        this.#log.error({ event: 'import-failed', import: id, failure: describeFailure(error) }, 'an import failed');
      })
      .finally(() => {
        if (this.#running.get(id) === run) this.#running.delete(id);
      });
    this.#running.set(id, run);
  }

  isRunning(id: string): boolean {
    return this.#running.has(id);
  }

  /** Waits until it has ended, but no longer than this, in milliseconds: most files are short. */
  async patience(id: string, most: number): Promise<void> {
    const run = this.#running.get(id);
    if (run === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, most);
    });
    await Promise.race([run, late]);
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running.values());
  }
}
