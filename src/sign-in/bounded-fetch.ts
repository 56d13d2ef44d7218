import * as http from 'node:http';
import * as https from 'node:https';
import { type AddressGuard, ForbiddenAddress } from './address-guard.ts';

interface FetchLimits {
  /** How long the provider may take for one answer, to its last byte, in milliseconds. */
  readonly time: number;
  /** No answer of a provider's has a reason to be larger, in bytes. */
  readonly size: number;
}

/** Without one, each request goes over a connection of its own. */
interface Asked {
  readonly guard: AddressGuard;
  readonly limits: FetchLimits;
  readonly line: Line | undefined;
}

const usualLimits: FetchLimits = { time: 4_500, size: 1_048_576 };

/** Nobody answered, not in time, or not to the end: a failure of the network, and no word of the provider's. */
export class ProviderUnreachable extends Error {
  constructor(cause: unknown) {
    super('The provider does not answer', { cause });
    this.name = 'ProviderUnreachable';
  }
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams | null;
}

/**
 * For requests that belong together: the connection of one serves the next, and ends with the line. So somebody who signs in waits for
 * one handshake, and nobody gets a connection that the provider may have closed while nothing was sent, which would lose a code.
 */
export class Line implements Disposable {
  readonly #http = new http.Agent({ keepAlive: true });
  readonly #https = new https.Agent({ keepAlive: true });

  agentFor({ protocol }: URL): http.Agent {
    return protocol === 'https:' ? this.#https : this.#http;
  }

  [Symbol.dispose](): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

/**
 * One request to a provider that ends: within a time, the body's last byte included, and within a size. Follows no
 * redirect (RFC 9700 §4.12), goes only where the guard lets it, and over https only to a host whose certificate is in order.
 * @throws ProviderUnreachable, ForbiddenAddress, or RangeError for an answer that is too large, or none that HTTP knows.
 */
export async function boundedFetch(
  address: string,
  { method = 'GET', headers = {}, body }: Asking,
  guard: AddressGuard,
  { limits = usualLimits, line }: { readonly limits?: FetchLimits; readonly line?: Line | undefined } = {},
): Promise<Response> {
  const url = new URL(address);
  const signal = AbortSignal.timeout(limits.time);
  const timedOut = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => timedOut.reject(new ProviderUnreachable(signal.reason)), { once: true });
  // Raced as a whole, so that nothing in between, the look-up of names included, can keep anybody waiting for longer.
  return Promise.race([timedOut.promise, askOnce(url, { method, headers, body: body ?? null }, { guard, limits, line }, signal)]);
}

/** In small letters and without parameters (RFC 9110 §8.3.1); undefined where the answer does not say. */
export function mediaTypeOf({ headers }: Response): string | undefined {
  return headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
}

async function askOnce(
  url: URL,
  asked: Required<Asking>,
  { guard, limits, line }: Asked,
  signal: AbortSignal,
): Promise<Response> {
  await guard.assertAllowed(url).catch((cause: unknown) => {
    throw cause instanceof ForbiddenAddress ? cause : new ProviderUnreachable(cause);
  });
  const { method, headers, body } = asked;
  const sent = body === null ? undefined : Buffer.from(body.toString());
  const { request } = url.protocol === 'https:' ? https : http;
  const answer = Promise.withResolvers<http.IncomingMessage>();
  const asking = request(url, {
    method,
    headers: {
      ...headers,
      // What is compressed would be as large as it likes once it is not.
      'accept-encoding': 'identity',
      ...(line === undefined && { connection: 'close' }),
      ...(sent !== undefined && { 'content-length': sent.byteLength }),
    },
    lookup: guard.lookupFor(url),
    signal,
    ...(line !== undefined && { agent: line.agentFor(url) }),
  });
  asking.on('error', answer.reject).on('response', answer.resolve);
  asking.on('upgrade', (_answer, socket) => {
    socket.destroy();
    answer.reject(new RangeError('The provider changes the protocol'));
  });
  asking.end(sent);
  try {
    const given = await answer.promise;
    return toResponse(given, await readBody(given, limits.size));
  } catch (cause) {
    if (cause instanceof ForbiddenAddress || cause instanceof RangeError) throw cause;
    // The provider may have ended the connection as this was sent; what only reads may be sent once more (RFC 9110 §9.2.2).
    if (asking.reusedSocket && method === 'GET' && !signal.aborted)
      return await askOnce(url, asked, { guard, limits, line: undefined }, signal);
    throw new ProviderUnreachable(cause);
  } finally {
    asking.destroy();
  }
}

async function readBody(answer: http.IncomingMessage, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limit) throw new RangeError(`The provider's answer is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Without the words beside the status: nothing needs them, and they may be anything. @throws RangeError for a status that is none. */
function toResponse({ statusCode = 0, headersDistinct }: http.IncomingMessage, body: Uint8Array<ArrayBuffer>) {
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const bodiless = statusCode === 204 || statusCode === 205 || statusCode === 304;
  return new Response(bodiless ? null : body, { status: statusCode, headers });
}
