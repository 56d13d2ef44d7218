/** How much is measured, and how long. */
export interface Plan {
  readonly quick: boolean;
  readonly rounds: number;
  /** Of one series, in seconds. */
  readonly seconds: number;
  /** Requests before anything is counted, so that what is asked often has been compiled; for how many seconds at most. */
  readonly warmUp: { readonly requests: number; readonly seconds: number };
  /** Connections at once, each with somebody of its own. */
  readonly connections: number;
  /** Expenses of the large team. */
  readonly rows: number;
  /** Expenses of the team beside which growth is measured, and of the one that has grown; undefined where that is left out. */
  readonly growth: { readonly from: number; readonly to: number } | undefined;
  /** Sign-ins of one series. */
  readonly signIns: number;
  /** Starts of each program. */
  readonly starts: number;
  readonly anonymousVisits: number;
  readonly liveSessions: number;
  /** How many of these have really been used. */
  readonly usedSessions: number;
  /** How many processes over one PostgreSQL. */
  readonly processes: readonly number[];
  /** How often a series that others have disturbed is repeated, at most. */
  readonly repeats: number;
}

/** Above this share of all processors, what others did has disturbed a series. */
export const DISTURBED = 0.1;

export const full: Plan = {
  quick: false,
  rounds: 5,
  seconds: 4,
  warmUp: { requests: 5_000, seconds: 30 },
  connections: 8,
  rows: 1_000_000,
  growth: { from: 10_000, to: 10_000_000 },
  signIns: 300,
  starts: 7,
  anonymousVisits: 100_000,
  liveSessions: 100_000,
  usedSessions: 1_000,
  processes: [1, 2, 4],
  repeats: 3,
};

export const quick: Plan = {
  quick: true,
  rounds: 2,
  seconds: 0.8,
  warmUp: { requests: 1_200, seconds: 4 },
  connections: 8,
  rows: 50_000,
  growth: { from: 10_000, to: 100_000 },
  signIns: 40,
  starts: 3,
  anonymousVisits: 10_000,
  liveSessions: 10_000,
  usedSessions: 40,
  processes: [1, 2],
  repeats: 0,
};
