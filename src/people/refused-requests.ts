import type { ErrorRequestHandler } from 'express';
import type { RefusalRecord } from '../audit/refusals.ts';
import { Problem } from '../problems.ts';
import { referenceOf } from '../web/request-log.ts';
import { auditedViewer } from './audited.ts';

/** Records what somebody who is signed in asked for without having the role for it, whatever the page told them. */
export function recordRefusedRequests(refusals: RefusalRecord): ErrorRequestHandler {
  return async (error: unknown, req, res, next) => {
    if (error instanceof Problem && error.reason === 'role-missing' && req.user !== undefined) {
      const detail = { method: req.method, path: req.path };
      await refusals.add({ action: 'request-refused', by: auditedViewer(req.user), detail, reference: referenceOf(res) });
    }
    next(error);
  };
}
