/** A command of the program `outlay`. */
export interface Command {
  /** How it is used, whole. */
  readonly help: string;
  /** The exit code where it could not do what it was asked for; 1 unless its own 1 means something else. */
  readonly failed?: number;
  /**
   * @returns the exit code; undefined where the command sees to it itself.
   * @throws UsageError for arguments that it does not take; a Problem or ConfigError is a sentence for the operator.
   */
  run(args: string[]): Promise<number | undefined>;
}

/** Arguments that a command does not take. */
export class UsageError extends Error {}
