interface FetchLimits {
  /** How long the provider may take for one answer, to its last byte, in milliseconds. */
  readonly time: number;
  /** No answer of a provider's has a reason to be larger, in bytes. */
  readonly size: number;
}

const usualLimits: FetchLimits = { time: 10_000, size: 1_048_576 };

/**
 * `fetch` that ends: within a time, the body's last byte included, and within a size. An abort signal alone does not
 * always cut off a body that drips (nodejs/node#56917), so reading is raced against it as well.
 * @throws DOMException `TimeoutError`, or RangeError for an answer that is too large.
 */
export async function boundedFetch(
  url: string,
  { body, headers, method }: Pick<RequestInit, 'body' | 'headers' | 'method'>,
  limits: FetchLimits = usualLimits,
): Promise<Response> {
  const signal = AbortSignal.timeout(limits.time);
  const response = await fetch(url, {
    body: body ?? null,
    headers: headers ?? {},
    method: method ?? 'GET',
    redirect: 'manual',
    signal,
  });
  const answer = await readBody(response, signal, limits.size);
  const bodiless = response.status === 204 || response.status === 205 || response.status === 304;
  return new Response(bodiless ? null : answer, {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  });
}

async function readBody(response: Response, signal: AbortSignal, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
  const timedOut = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  // Where reading ends first, nobody waits for this promise any more.
  timedOut.catch(() => {});
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), timedOut]);
      if (done) return new Uint8Array(Buffer.concat(chunks));
      size += value.byteLength;
      if (size > limit) throw new RangeError(`The provider's answer is larger than ${limit} bytes`);
      chunks.push(value);
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error;
  }
}
