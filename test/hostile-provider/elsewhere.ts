import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, HostileRequest } from './behaviour.ts';
import { listen, read, send, stop } from './sending.ts';

/** A second server, at another origin: what arrives here was sent astray. It answers what the provider last answered honestly. */
export interface Elsewhere {
  readonly origin: string;
  readonly requests: HostileRequest[];
  /** By path. */
  readonly answers: Map<string, Answer>;
}

/** At an address of this machine where the provider has a name, so that not even the host is the same. */
export async function startElsewhere(): Promise<Elsewhere & AsyncDisposable> {
  const requests: HostileRequest[] = [];
  const answers = new Map<string, Answer>();
  const { server, origin } = await listen('127.0.0.1', 0, (req, res) => void serve(req, res));

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const request = await read(req, origin);
    requests.push(request);
    send(res, answers.get(request.path) ?? { status: 404, headers: {}, body: '' });
  }

  return { origin, requests, answers, [Symbol.asyncDispose]: () => stop(server) };
}
