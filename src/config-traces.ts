import { validateHeaderName, validateHeaderValue } from 'node:http';

/*
 * OpenTelemetry's own variables, as far as Outlay has use for them (docs/configuration.md).
 */

/** How it is decided which traces are kept: how many, where that is no matter of the ratio. */
const samplers: ReadonlyMap<string, number | undefined> = new Map([
  ['always_on', 1],
  ['always_off', 0],
  ['traceidratio', undefined],
]);
const PARENT_BASED = 'parentbased_';

export interface TracesConfig {
  /** Where they are sent, whole. */
  readonly endpoint: string;
  /** Sent along; secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** What is said of this Outlay with them. */
  readonly resource: Readonly<Record<string, string>>;
  /** Whether a caller that has decided is followed; and how many of the others are kept, from 0 to 1. */
  readonly sampler: { readonly parentBased: boolean; readonly ratio: number };
}

export interface TraceSettings {
  readonly OTEL_SDK_DISABLED?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_PROTOCOL?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_HEADERS?: string | undefined;
  readonly OTEL_SERVICE_NAME?: string | undefined;
  readonly OTEL_RESOURCE_ATTRIBUTES?: string | undefined;
  readonly OTEL_TRACES_SAMPLER?: string | undefined;
  readonly OTEL_TRACES_SAMPLER_ARG?: string | undefined;
}

/** @returns undefined where nobody has asked for traces: other programs on the machine may be told the rest. */
export function parseTraces(given: TraceSettings, mistakes: string[]): TracesConfig | undefined {
  const own = given.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const shared = given.OTEL_EXPORTER_OTLP_ENDPOINT;
  const named = own ?? shared;
  if (named === undefined || given.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined;
  const name = own === undefined ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';
  const url = URL.canParse(named) ? new URL(named) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.username + url.password !== '') {
    mistakes.push(`${name} must be an address such as http://localhost:4318, with no user in it.`);
    return undefined;
  }
  // The shared one is where all signals go, each below it; the one for traces counts as it stands.
  if (own === undefined) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  if (!['http/json', undefined].includes(given.OTEL_EXPORTER_OTLP_PROTOCOL)) {
    mistakes.push('OTEL_EXPORTER_OTLP_PROTOCOL must be http/json, which is the only one that Outlay speaks.');
  }
  const headers = parsePairs('OTEL_EXPORTER_OTLP_HEADERS', given.OTEL_EXPORTER_OTLP_HEADERS, mistakes);
  if (!areHeaders(headers))
    mistakes.push('OTEL_EXPORTER_OTLP_HEADERS must be names and values that a header can carry, and none about the body.');
  const resource = parsePairs('OTEL_RESOURCE_ATTRIBUTES', given.OTEL_RESOURCE_ATTRIBUTES, mistakes);
  return {
    endpoint: url.href,
    headers,
    resource: {
      'service.name': 'outlay',
      ...resource,
      ...(given.OTEL_SERVICE_NAME && { 'service.name': given.OTEL_SERVICE_NAME }),
    },
    sampler: parseSampler(given, mistakes),
  };
}

function parseSampler(
  { OTEL_TRACES_SAMPLER: name = 'parentbased_always_on', OTEL_TRACES_SAMPLER_ARG: given = '1' }: TraceSettings,
  mistakes: string[],
): TracesConfig['sampler'] {
  const parentBased = name.startsWith(PARENT_BASED);
  const root = parentBased ? name.slice(PARENT_BASED.length) : name;
  if (!samplers.has(root)) {
    const known = [...samplers.keys()].flatMap((one) => [one, PARENT_BASED + one]);
    mistakes.push(`OTEL_TRACES_SAMPLER must be one of ${known.join(', ')}.`);
  }
  const fixed = samplers.get(root);
  const ratio = Number(given);
  if (fixed === undefined && !(ratio >= 0 && ratio <= 1)) mistakes.push('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1.');
  return { parentBased, ratio: fixed ?? ratio };
}

/** `name=value,name=value`, each percent-encoded where it has to be. No value is repeated in a mistake. */
function parsePairs(setting: string, text: string | undefined, mistakes: string[]): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const pair of (text ?? '').split(',')) {
    if (pair.trim() === '') continue;
    const [, name = '', value = ''] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/s.exec(pair) ?? [];
    try {
      if (name === '') throw new URIError('no name');
      pairs[decodeURIComponent(name)] = decodeURIComponent(value);
    } catch {
      mistakes.push(
        `${setting} must be name=value, several with commas between, and percent-encoded where they have such in them.`,
      );
      return {};
    }
  }
  return pairs;
}

function areHeaders(pairs: Readonly<Record<string, string>>): boolean {
  try {
    for (const [name, value] of Object.entries(pairs)) {
      // What says how the body comes is ours to say.
      if (/^(content-|transfer-encoding$|connection$|host$)/i.test(name)) return false;
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
    return true;
  } catch {
    return false;
  }
}
