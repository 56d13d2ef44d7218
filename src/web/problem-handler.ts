import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { Problem, type ProblemKind, statusOf } from '../problems.ts';
import { describeFailure } from './failure.ts';
import { compilePage, type Frame, frameOf, sendPage } from './page.ts';
import { loginPath, paths } from './paths.ts';
import { failureFields, referenceOf } from './request-log.ts';

interface Way {
  readonly label: string;
  readonly href: string;
}

interface ProblemModel {
  readonly heading: string;
  readonly sentence: string;
  readonly ways: readonly Way[];
  readonly reference: string;
}

const problemPage = compilePage<ProblemModel>(new URL('problem.ejs', import.meta.url));

const home: Way = { label: 'Back to the start', href: paths.home };
const dashboard: Way = { label: 'Go to my dashboard', href: paths.dashboard };
const administration: Way = { label: 'Back to administration', href: paths.adminTeams };
const tryAgain: Way = { label: 'Try again', href: loginPath() };

const headings: Readonly<Record<ProblemKind, string>> = {
  invalid: 'Something in it is not right',
  'sign-in-failed': 'Signing in did not work',
  'sign-in-needed': 'Please sign in first',
  'not-allowed': 'That is not allowed',
  'not-found': 'There is nothing here',
  'wrong-method': 'That does not work here',
  conflict: 'Somebody was faster',
  'too-large': 'That is too large',
  'too-long': 'This address is too long',
  'too-many': 'Too many tries',
  'too-slow': 'That took too long',
  unavailable: 'That does not work just now',
};

/**
 * For a page that does not exist and one that is not yours alike: nobody can tell them apart.
 * @param reason for the log and the audit record only.
 */
export function noSuchPage(reason?: string): Problem {
  return new Problem(
    'not-found',
    'There is no such page, or it is not one that you can see. Check the address, or start from your dashboard.',
    reason === undefined ? {} : { reason },
  );
}

/** Where every address that no route knows ends. */
export const notFound: RequestHandler = () => {
  throw noSuchPage();
};

/** The one place where failures become pages: the sentence for the person, the rest for the log. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    // Whoever asked left in the middle of a long answer; the request's own line says that it is not complete.
    if (res.destroyed && error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    const problem = toProblem(error);
    const status = problem === undefined ? 500 : statusOf[problem.kind];
    const reference = referenceOf(res);
    log[logLevel(problem?.kind)](
      {
        event: 'problem',
        reference,
        kind: problem?.kind ?? 'defect',
        reason: problem?.reason,
        ...failureFields(res, error),
        failure: whatFailed(error),
      },
      problem?.logged ?? 'Something that should not happen',
    );
    // Half an answer has gone out: the connection ends, so that nobody takes it for a whole one.
    if (res.headersSent) {
      res.destroy();
      return;
    }
    forgetFile(res);
    res.status(status).set(problem?.headers ?? {});
    const heading = problem === undefined ? undefined : (problem.heading ?? headings[problem.kind]);
    sendPage(res, problemPage, heading ?? 'Something went wrong', {
      heading: heading ?? 'Something went wrong on our side',
      sentence:
        problem?.message ??
        'It is not your fault. Try again in a moment; if it happens again, tell whoever runs Outlay the reference below.',
      ways: waysFrom(problem?.kind, req.path, frameOf(res)),
      reference,
    });
  };
}

/** What was said of a file that could not be sent after all does not hold for the page that is sent in its place. */
function forgetFile(res: Response): void {
  for (const header of ['ETag', 'Last-Modified', 'Content-Range', 'Accept-Ranges']) res.removeHeader(header);
  res.set('Cache-Control', 'private, no-store');
}

/** What an operator should hear of without asking: failures of ours, and refusals that may be somebody's trouble or attack. */
function logLevel(kind: ProblemKind | undefined): 'error' | 'warn' | 'info' {
  if (kind === undefined) return 'error';
  return ['sign-in-failed', 'not-allowed', 'unavailable'].includes(kind) ? 'warn' : 'info';
}

/** A Problem's own stack says only where the sentence was chosen; what lies behind it is worth logging. */
function whatFailed(error: unknown) {
  if (!(error instanceof Problem)) return describeFailure(error);
  return error.cause === undefined ? undefined : describeFailure(error.cause);
}

function waysFrom(kind: ProblemKind | undefined, path: string, { personName, mayAdminister }: Frame): readonly Way[] {
  // Where somebody wanted to change something, and whence they go on.
  const changed = kind === 'conflict' || kind === 'invalid' || kind === 'not-allowed';
  const [, expense] = /^(\/expenses\/[\da-f-]{36})\/./.exec(path) ?? [];
  if (changed && expense !== undefined) return [{ label: 'Look at the expense', href: expense }, dashboard];
  if (changed && mayAdminister === true) return [administration, dashboard];
  if (personName !== undefined) return [dashboard, home];
  const canTryAgain = kind !== undefined && ['sign-in-failed', 'sign-in-needed', 'too-many', 'unavailable'].includes(kind);
  return canTryAgain ? [tryAgain, home] : [home];
}

/** Express and its parsers throw plain errors with a status for input they cannot read; those are the sender's. */
function toProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  const status = error instanceof Error ? (error as { status?: unknown }).status : undefined;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  const kind = status === 413 ? 'too-large' : 'not-found';
  return new Problem(kind, 'This request could not be read. Check the address, or start again from the home page.', {
    cause: error,
  });
}
