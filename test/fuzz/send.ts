import { Agent, request } from 'node:http';
import type { FuzzRequest } from './request.ts';

/** How long an answer may take, in milliseconds. */
const BOUND = 10_000;

export interface FuzzAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The connection was idle, and the other end was ending it in that moment, as it may. */
class IdleEnded extends Error {}

/** Sends requests as they are, also what no browser and no `fetch` would send. */
export class Wire implements Disposable {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws Error where there is no answer, or none within ten seconds. */
  async send(asked: FuzzRequest, cookie: string): Promise<FuzzAnswer> {
    try {
      return await this.#once(asked, cookie);
    } catch (error) {
      if (!(error instanceof IdleEnded)) throw error;
      return this.#once(asked, cookie);
    }
  }

  #once({ method, path, headers, body }: FuzzRequest, cookie: string): Promise<FuzzAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request({
        agent: this.#agent,
        host: 'localhost',
        port: this.#port,
        method,
        path,
        headers: { ...(cookie !== '' && { cookie }), ...headers, ...(body !== undefined && { 'content-length': body.length }) },
        timeout: BOUND,
      });
      const late = setTimeout(() => sent.destroy(new Error(`no whole answer within ${BOUND / 1_000} s`)), BOUND);
      const fail = (error: Error) => {
        clearTimeout(late);
        const isOver = sent.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
        reject(isOver ? new IdleEnded() : error);
      };
      sent.once('error', fail);
      sent.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', fail);
        response.once('end', () => {
          clearTimeout(late);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() });
        });
      });
      sent.end(body);
    });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
