/**
 * The kinds of failure Outlay speaks of. A `Problem` is a failure that we expected and that a person can be told about;
 * anything else that is thrown is a mistake of ours and becomes a 500 with a reference.
 */
export type ProblemKind =
  | 'invalid'
  | 'sign-in-failed'
  | 'sign-in-needed'
  | 'not-allowed'
  | 'not-found'
  | 'wrong-method'
  | 'conflict'
  | 'too-large'
  | 'too-long'
  | 'too-many'
  | 'too-slow'
  | 'unavailable';

/** The one place where a kind of failure becomes an HTTP status (RFC 9110 §15). */
export const statusOf: Readonly<Record<ProblemKind, number>> = {
  invalid: 422,
  'sign-in-failed': 400,
  'sign-in-needed': 401,
  'not-allowed': 403,
  'not-found': 404,
  'wrong-method': 405,
  conflict: 409,
  'too-large': 413,
  'too-long': 414,
  'too-many': 429,
  'too-slow': 408,
  unavailable: 503,
};

export interface ProblemDetails {
  /** What really happened; for the log, never for the page. */
  cause?: unknown;
  /** The sentence as the log has it, where the one for the person has numbers or dates in their language. */
  logged?: string;
  /** A stable word for machines that read the log, for example `attempt-missing`. */
  reason?: string;
  /** What stands above the sentence, where the kind's usual heading would say too much or too little. */
  heading?: string;
  /** Response headers that belong to this failure, for example `Allow` (RFC 9110 §10.2.1). */
  headers?: Readonly<Record<string, string>>;
}

/** A failure with a kind for the program, a sentence for the person, and a cause for the operator. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  /** The sentence, whoever reads it. */
  readonly logged: string;
  readonly reason: string | undefined;
  readonly heading: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /** @param sentence shown to the person as it stands: plain words, no protocol detail, nothing that came from outside. */
  constructor(kind: ProblemKind, sentence: string, details: ProblemDetails = {}) {
    super(sentence, { cause: details.cause });
    this.name = 'Problem';
    this.kind = kind;
    this.logged = details.logged ?? sentence;
    this.reason = details.reason;
    this.heading = details.heading;
    this.headers = details.headers ?? {};
  }
}
