import type { Clock } from '../web/clock.ts';
import { held } from '../web/held.ts';
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
  /** What there is to say now, or was up to ten seconds ago. */
  readonly examination: () => Promise<Examination>;

  constructor(examine: () => Promise<readonly Finding[]>, now: Clock) {
    this.examination = held(async () => ({ findings: await examine(), at: now() }), KEPT, now);
  }
}
