import { z } from 'zod';
import { authMethods, groupsAbsent, logoutTokenTypes, usualGroups } from './config-provider.ts';
import { signatureAlgorithms } from './config-values.ts';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];
const logFormats = ['json', 'text'] as const;
export type LogFormat = (typeof logFormats)[number];

const port = z.coerce
  .number('must be a port number')
  .int('must be a whole number')
  .min(1, 'is at least 1')
  .max(65_535, 'is at most 65535');
const text = z.string();
const words = text
  .regex(/^[\x20-\x7e]+$/, 'must be words with spaces between')
  .transform((value) => value.split(/\s+/).filter((word) => word !== ''));
/** With commas or line breaks between, so that a file may hold one a line. */
const secrets = text
  .transform((value) => value.split(/[,\n]/).map((secret) => secret.trim()))
  .refine(
    (values) => values.every((value) => value.length >= 32),
    'must have at least 32 characters, each where there are several; `openssl rand -base64 32` makes a good one',
  );
const oneOrNone = z.enum(['0', '1'], 'must be 1 or 0').default('0');

function wholeNumber(min: number, max: number) {
  return z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(min, `is at least ${min}`)
    .max(max, `is at most ${max}`);
}

/** Every variable there is. docs/configuration.md and .env.example are held against this by a test. */
export const settings = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production'], 'must be development, test or production').default('development'),
  PORT: port.default(3000),
  WORKERS: wholeNumber(1, 64).default(1),
  APP_BASE_URL: text.optional(),
  POST_LOGOUT_URL: text.optional(),
  OIDC_ISSUER: text.optional(),
  OIDC_CLIENT_ID: text.optional(),
  OIDC_CLIENT_SECRET: text.optional(),
  OIDC_TOKEN_ENDPOINT_AUTH_METHOD: z.enum(authMethods, `must be one of ${authMethods.join(', ')}`).default('client_secret_basic'),
  OIDC_CLIENT_JWKS: text.optional(),
  OIDC_ACR_VALUES: words.optional(),
  OIDC_MAX_AGE: wholeNumber(1, 31_536_000).optional(),
  OIDC_TRUSTED_TILE: oneOrNone,
  OIDC_OFFLINE_ACCESS: oneOrNone,
  OIDC_EXTRA_SCOPES: words.optional(),
  OIDC_GROUPS_CLAIM: text.max(200, 'is at most 200 characters long').default(usualGroups.claim),
  OIDC_GROUPS_ABSENT: z.enum(groupsAbsent, `must be one of ${groupsAbsent.join(', ')}`).default(usualGroups.absent),
  OIDC_LOGOUT_TOKEN_TYPE: z.enum(logoutTokenTypes, `must be one of ${logoutTokenTypes.join(', ')}`).default('logout+jwt'),
  OIDC_SIGNING_ALGORITHM: z.enum(signatureAlgorithms, `must be one of ${signatureAlgorithms.join(', ')}`).optional(),
  OKTA_ISSUER: text.optional(),
  OKTA_CLIENT_ID: text.optional(),
  OKTA_CLIENT_SECRET: text.optional(),
  DATA_DIR: text.default('./data'),
  DATABASE_URL: text.optional(),
  DATABASE_OWNER_URL: text.optional(),
  RECEIPT_STORAGE: text.default('database'),
  BACKUP_FOLDER: text.optional(),
  BACKUP_EVERY: wholeNumber(1, 8_760).default(24),
  BACKUP_KEEP: wholeNumber(1, 1_000).default(14),
  BACKUP_RECIPIENT: words
    .refine(
      (recipients) => recipients.every((recipient) => /^age1[0-9a-z]{10,}$/.test(recipient)),
      'must be a public key of age, as `age-keygen` says it: age1…; several with spaces between',
    )
    .optional(),
  BACKUP_PASSPHRASE: text.min(16, 'must have at least 16 characters; `openssl rand -base64 24` makes a good one').optional(),
  IMPORT_MAX_MB: wholeNumber(1, 10_240).default(200),
  SESSION_SECRET: secrets.optional(),
  SESSION_IDLE_LIMIT: wholeNumber(1, 1_440).default(30),
  SESSION_ABSOLUTE_LIMIT: wholeNumber(1, 720).default(12),
  SESSION_COUNT_LIMIT: wholeNumber(1, 1_000).default(10),
  SESSION_REVALIDATION: wholeNumber(0, 1_440).optional(),
  STEP_UP_MAX_AGE: wholeNumber(1, 86_400).default(300),
  STEP_UP_ACR_VALUES: words.optional(),
  STEP_UP_EXPORTS: oneOrNone,
  STEP_UP_RIGHTS: oneOrNone,
  TRUST_PROXY: text.optional(),
  SIGN_IN_RATE_LIMIT: wholeNumber(0, 1_000_000).default(300),
  CLOCK_TOLERANCE: wholeNumber(0, 300).default(30),
  ADMIT_NEW_PEOPLE: z.enum(['0', '1'], 'must be 1 or 0').default('1'),
  ADMIN_EMAIL: z.email('must be an e-mail address').optional(),
  ADMIN_GROUP: text.max(500, 'is at most 500 characters long').optional(),
  METRICS_TOKEN: text
    .min(16, 'must have at least 16 characters; `openssl rand -hex 16` makes a good one')
    .regex(/^[\x21-\x7e]+$/, 'must have no spaces, and nothing that a header cannot carry')
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: text.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: text.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: text.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: text.max(8_192, 'is at most 8192 characters long').optional(),
  OTEL_SERVICE_NAME: text.max(200, 'is at most 200 characters long').optional(),
  OTEL_RESOURCE_ATTRIBUTES: text.max(8_192, 'is at most 8192 characters long').optional(),
  OTEL_TRACES_SAMPLER: text.optional(),
  OTEL_TRACES_SAMPLER_ARG: text.optional(),
  OTEL_SDK_DISABLED: text.optional(),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).optional(),
  LOG_FORMAT: z.enum(logFormats, `must be one of ${logFormats.join(', ')}`).optional(),
  SAMPLE_ORGANISATION: oneOrNone,
  DEMO_PROVIDER_PORT: port.optional(),
});

/** Settings that are secret or hold one: each may come from a file instead, named by the variable with `_FILE` behind it. */
export const secretSettings = [
  'OIDC_CLIENT_SECRET',
  'OIDC_CLIENT_JWKS',
  'OKTA_CLIENT_SECRET',
  'SESSION_SECRET',
  'METRICS_TOKEN',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'BACKUP_PASSPHRASE',
  'DATABASE_URL',
  'DATABASE_OWNER_URL',
] as const;
