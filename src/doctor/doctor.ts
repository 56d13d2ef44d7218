import type { Clock } from '../web/clock.ts';
import type { Finding } from './finding.ts';

/** What was found, and when. */
export interface Examination {
  readonly findings: readonly Finding[];
  readonly at: Date;
}

/** How long what was found is shown again, in milliseconds, whoever asks: nobody makes the server send many requests. */
export const KEPT = 10_000;

/** Examines the running process, one examination at a time, and none within ten seconds of the last one. */
export class Doctor {
  readonly #examine: () => Promise<readonly Finding[]>;
  readonly #now: Clock;
  #kept: Examination | undefined;
  #underWay: Promise<Examination> | undefined;

  constructor(examine: () => Promise<readonly Finding[]>, now: Clock) {
    this.#examine = examine;
    this.#now = now;
  }

  /** What there is to say now, or was up to ten seconds ago. */
  async examination(): Promise<Examination> {
    const kept = this.#kept;
    if (kept !== undefined && this.#now().getTime() - kept.at.getTime() < KEPT) return kept;
    this.#underWay ??= this.#begin().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #begin(): Promise<Examination> {
    const findings = await this.#examine();
    this.#kept = { findings, at: this.#now() };
    return this.#kept;
  }
}
