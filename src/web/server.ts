import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Problem } from '../problems.ts';

export interface RunningServer extends AsyncDisposable {
  readonly port: number;
}

/** How long requests under way may take to finish once the server is told to stop, in milliseconds. */
const STOP_LIMIT = 10_000;

/** How long somebody may take to send a request, in milliseconds. */
export interface Patience {
  /** All that stands before the body. */
  readonly headers: number;
  /** All of it. What reads bodies has closer bounds of its own (forms.ts, upload.ts); the longest is an import's, of an hour. */
  readonly whole: number;
  /** What is still to come of a body that nobody reads, once the answer has gone out. */
  readonly unread: number;
  /** How often connections are looked at for it. */
  readonly look: number;
}

const usualPatience: Patience = { headers: 15_000, whole: 65 * 60_000, unread: 5_000, look: 5_000 };

/**
 * Listens and serves. Disposing of it takes no new requests, lets those under way finish, within a bound.
 * @param host undefined listens on every address of the machine.
 * @param app made once the port is known, because 0 takes any that is free.
 * @throws Problem `unavailable` when the port cannot be had, naming PORT.
 */
export async function serve(
  port: number,
  host: string | undefined,
  app: (port: number) => RequestListener | Promise<RequestListener>,
  patience: Patience = usualPatience,
): Promise<RunningServer> {
  const server = createServer({
    headersTimeout: patience.headers,
    requestTimeout: patience.whole,
    connectionsCheckingInterval: patience.look,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ port, host }, resolve);
  }).catch((cause: unknown) => {
    throw new Problem('unavailable', `Outlay cannot listen on port ${port}: ${whyNot(cause)}. Set PORT to one that is free.`, {
      cause,
    });
  });
  const { port: taken } = server.address() as AddressInfo;
  server.on('clientError', answerClientError);
  server.on('request', (req, res) =>
    res.once('finish', () => {
      // While stopping, nobody waits for a next request on a connection that has had its answer.
      if (!server.listening) req.socket.end();
      else if (!req.complete) endUnlessRead(req, patience.unread);
    }),
  );
  server.on('request', originFormOnly(await app(taken)));
  return { port: taken, [Symbol.asyncDispose]: () => stop(server) };
}

/**
 * Hands on path and query, as every request of a browser has them. A request line with a whole address (RFC 9112 §3.2.2) is
 * cut down to that; one with neither, such as `OPTIONS *`, means nothing here.
 */
function originFormOnly(app: RequestListener): RequestListener {
  return (req, res) => {
    const target = req.url ?? '';
    if (!target.startsWith('/')) {
      const url = /^https?:\/\//i.test(target) && URL.canParse(target) ? new URL(target) : undefined;
      if (url === undefined) {
        res.writeHead(400, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', connection: 'close' });
        res.end('Outlay could not read this request.\n');
        return;
      }
      req.url = url.pathname + url.search;
    }
    app(req, res);
  };
}

/** Node goes on reading, and throws away, what nobody has read when the answer goes out, for as long as somebody goes on sending it. */
function endUnlessRead(req: IncomingMessage, within: number): void {
  const limit = setTimeout(() => req.complete || req.socket.destroy(), within);
  req.once('close', () => clearTimeout(limit));
}

function whyNot(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') return 'another program is using it';
  return code === 'EACCES' ? 'this user may not use it' : 'it cannot be used';
}

async function stop(server: Server): Promise<void> {
  const stopped = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const limit = setTimeout(() => server.closeAllConnections(), STOP_LIMIT);
  await stopped;
  clearTimeout(limit);
}

const clientErrors: Readonly<Record<string, readonly [status: string, sentence: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'Your browser sent more cookies, or a longer address, than Outlay accepts. Clear the cookies of this site and try again.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'This request took too long to arrive. Try it once more.'],
};

/** What Node's parser refuses never reaches Express, so these few answers are written by hand (RFC 9112 §3, RFC 6585 §5, RFC 9110 §15.5.9). */
function answerClientError(error: Error & { code?: string; rawPacket?: Buffer }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const [status, sentence] = clientErrors[error.code ?? ''] ?? ['400 Bad Request', 'Outlay could not read this request.'];
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Outlay</title><p>${sentence}</p></html>\n`;
  // Whoever asks for the headers alone would take the rest for the next answer (RFC 9110 §9.3.2).
  const isHead = error.rawPacket?.toString('latin1', 0, 5) === 'HEAD ';
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Content-Security-Policy: default-src 'none'\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${isHead ? '' : body}`,
  );
}
