import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Changed, HostileRequest } from './behaviour.ts';

/** Between two bytes of an answer that drips, in milliseconds. */
const DRIP = 200;

/** A server on loopback. @param host a name or an address of this machine. */
export async function listen(host: string, port: number, answer: RequestListener): Promise<{ server: Server; origin: string }> {
  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return { server, origin: `http://${host}:${(server.address() as AddressInfo).port}` };
}

/** Ends every connection, also those that hang. */
export async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
}

/** A request with its body. */
export async function read(req: IncomingMessage, origin: string): Promise<HostileRequest> {
  const url = new URL(req.url ?? '/', origin);
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  return { method: req.method ?? 'GET', path: url.pathname, query: url.searchParams, headers: req.headers, body };
}

/** Sends it, all at once, byte by byte, or never. */
export function send(res: ServerResponse, answer: Changed): void {
  if (answer === 'hang') return;
  if (answer !== 'drip') {
    res.writeHead(answer.status, answer.headers).end(answer.body);
    return;
  }
  res.writeHead(200, { 'content-type': 'application/json' });
  // Blanks may stand before JSON, so whoever reads cannot know that nothing will come.
  const drip = setInterval(() => res.write(' '), DRIP).unref();
  res.once('close', () => clearInterval(drip));
}
