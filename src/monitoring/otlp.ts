/*
 * Traces as OTLP/HTTP takes them in JSON (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding"): ids in hex, numbers of 64 bits as
 * text, enumerations as numbers.
 */

type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Who began it, and whether that is another program. */
  readonly parent: { readonly spanId: string; readonly remote: boolean } | undefined;
  readonly kind: keyof typeof kinds;
  readonly name: string;
  /** Both in milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
  readonly failed: boolean;
}

const kinds = { server: 2, client: 3 } as const;
const FAILED = 2;
/** The flags of a span: sampled; that it is known whether its parent is another program; that it is one. */
const SAMPLED = 0x001;
const KNOWS_REMOTE = 0x100;
const REMOTE = 0x200;

/** The body of a request to `/v1/traces`. */
export function otlpTraces(resource: Attributes, spans: readonly Span[]): string {
  const scopeSpans = [{ scope: { name: 'outlay' }, spans: spans.map(otlpSpan) }];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: otlpAttributes(resource) }, scopeSpans }] });
}

function otlpSpan({ traceId, spanId, parent, kind, name, start, end, attributes, failed }: Span) {
  return {
    traceId,
    spanId,
    ...(parent !== undefined && { parentSpanId: parent.spanId }),
    flags: SAMPLED | KNOWS_REMOTE | (parent?.remote === true ? REMOTE : 0),
    name,
    kind: kinds[kind],
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(end),
    attributes: otlpAttributes(attributes),
    status: failed ? { code: FAILED } : {},
  };
}

/** A number of JavaScript's holds today's microseconds, and not its nanoseconds. */
function nanoseconds(milliseconds: number): string {
  return `${Math.round(milliseconds * 1_000)}000`;
}

function otlpAttributes(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: otlpValue(value) }));
}

function otlpValue(value: string | number | boolean) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
