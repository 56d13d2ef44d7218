import type { IncomingHttpHeaders } from 'node:http';
import type { JWK } from 'jose';
import type { SigningKey } from './signing.ts';

/** What a server sends back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One request that the provider was sent. */
export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `hang` never answers; `drip` sends the headers and then a byte every so often, for ever. */
export type Changed = Answer | 'hang' | 'drip';

/** Turns the honest answer to a request into another one, at once or when something else has happened. */
export type ChangeAnswer = (honest: Answer, request: HostileRequest) => Changed | Promise<Changed>;

export type JsonObject = Readonly<Record<string, unknown>>;

/** All that goes into an ID Token, and the honest one. */
export interface TokenParts {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  readonly key: SigningKey;
  /** What the client authenticated with; empty where it did so by key. */
  readonly clientSecret: string;
  readonly honest: string;
}

/** What the provider does differently from an honest one; without any it is honest. Each hook changes one thing. */
export interface Behaviour {
  readonly metadata?: (metadata: JsonObject) => JsonObject;
  readonly metadataAnswer?: ChangeAnswer;
  /** Changes the parameters of the redirect back; the second are those of the request. */
  readonly response?: (parameters: URLSearchParams, asked: URLSearchParams) => void;
  readonly parAnswer?: ChangeAnswer;
  readonly tokenAnswer?: ChangeAnswer;
  readonly claims?: (claims: JsonObject) => JsonObject;
  /** The ID Token's JOSE header. */
  readonly header?: (header: JsonObject) => JsonObject;
  /** Complete control over the ID Token; undefined leaves it out. */
  readonly sign?: (parts: TokenParts) => string | undefined;
  readonly jwks?: (keys: readonly JWK[]) => readonly JWK[];
  readonly jwksAnswer?: ChangeAnswer;
  /** The claims of an ID Token that comes for a refresh token; undefined leaves it out. */
  readonly refreshClaims?: (claims: JsonObject) => JsonObject | undefined;
  readonly refreshAnswer?: ChangeAnswer;
  readonly revokeAnswer?: ChangeAnswer;
  readonly userInfo?: (claims: JsonObject) => JsonObject;
  readonly userInfoAnswer?: ChangeAnswer;
}

/** An honest answer in JSON. */
export function jsonAnswer(body: unknown, status = 200): Answer {
  return { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body: JSON.stringify(body) };
}

/** Changes the members of an answer in JSON. */
export function changeJson(change: (body: JsonObject) => JsonObject): ChangeAnswer {
  return (honest) => ({ ...honest, body: JSON.stringify(change(JSON.parse(honest.body) as JsonObject)) });
}

/** Without these members. */
export function without(from: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name)));
}
