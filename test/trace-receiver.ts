import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

/*
 * A receiver of traces that takes nothing but what the specification has (opentelemetry.io/docs/specs/otlp, and the .proto files of
 * opentelemetry-proto 1.x in their JSON encoding): a member that is not known is refused, as is a number where there should be text.
 */

const id = (bytes: number) => z.string().regex(new RegExp(`^(?!0+$)[0-9a-f]{${bytes * 2}}$`));
const nanoseconds = z.string().regex(/^[1-9]\d{18}$/);
const value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
  z.strictObject({ doubleValue: z.number() }),
]);
const attributes = z.array(z.strictObject({ key: z.string().min(1), value })).transform((pairs) => {
  if (new Set(pairs.map(({ key }) => key)).size < pairs.length) throw new Error('An attribute stands there twice');
  return Object.fromEntries(pairs.map(({ key, value: one }) => [key, Object.values(one)[0]]));
});
const span = z.strictObject({
  traceId: id(16),
  spanId: id(8),
  parentSpanId: id(8).optional(),
  flags: z.int().min(0),
  name: z.string().min(1),
  kind: z.int().min(1).max(5),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes,
  status: z.strictObject({ code: z.int().min(0).max(2).optional() }),
});
const request = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes }),
      scopeSpans: z.array(z.strictObject({ scope: z.strictObject({ name: z.string() }), spans: z.array(span) })),
    }),
  ),
});

export type ReceivedSpan = z.infer<typeof span>;

interface Received {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TraceReceiver extends AsyncDisposable {
  readonly url: string;
  /** With what it answers. */
  status: number;
  /** Whether it does not answer at all. */
  hangs: boolean;
  /** Each request as it came. */
  readonly requests: readonly Received[];
  /** All spans that were taken. @throws ZodError for what is not as the specification has it. */
  spans(): readonly ReceivedSpan[];
  /** What is said of whoever sent the first of them. */
  resource(): Readonly<Record<string, unknown>>;
}

export async function startTraceReceiver(): Promise<TraceReceiver> {
  const requests: (Received & { readonly taken: boolean })[] = [];
  const server = createServer(async (req, res) => {
    const body = await text(req);
    requests.push({ path: req.url, headers: req.headers, body, taken: receiver.status === 200 });
    if (!receiver.hangs) res.writeHead(receiver.status, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}');
  }).listen(0, 'localhost');
  await once(server, 'listening');
  const read = () => requests.filter(({ taken }) => taken).flatMap(({ body }) => request.parse(JSON.parse(body)).resourceSpans);
  const receiver: TraceReceiver = {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    status: 200,
    hangs: false,
    requests,
    spans: () => read().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    resource: () => read()[0]?.resource.attributes ?? {},
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}
