import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused, mistakesOf, own, production } from '../test/settings.ts';
import { loadConfig } from './config.ts';
import { secretSettings, settings } from './config-settings.ts';

const names = [...Object.keys(settings.shape), ...secretSettings.map((name) => `${name}_FILE`)];
const sessionSecret = production.SESSION_SECRET;

describe('the settings', () => {
  it('are the demonstration on this machine where nothing is set', () => {
    assert.deepEqual(loadConfig({}), {
      production: false,
      port: 3000,
      workers: 1,
      baseUrl: 'http://localhost:3000',
      postLogoutUrl: 'http://localhost:3000',
      dataDir: './data',
      databaseUrl: 'sqlite:data/demonstration.sqlite',
      databaseOwnerUrl: undefined,
      receiptFolder: undefined,
      backups: undefined,
      backupKeys: undefined,
      importMaxSize: 209_715_200,
      sessionSecrets: undefined,
      trustProxy: false,
      metricsToken: undefined,
      traces: undefined,
      logLevel: 'warn',
      logFormat: undefined,
      sampleOrganisation: true,
      signInRateLimit: 300,
      sessionLimits: { idle: 30 * 60_000, absolute: 12 * 60 * 60_000, perPerson: 10 },
      revalidation: 60_000,
      stepUp: { maxAge: 300, acrValues: [] },
      stepUpFor: { exports: false, rights: false },
      clockTolerance: 30,
      admitNewPeople: true,
      admin: { email: undefined, group: undefined },
      provider: undefined,
      demoProviderPort: 3001,
      warnings: [],
    });
  });

  it('with a provider of one’s own are another database, without the sample, and a fuller log', () => {
    const config = loadConfig(own);
    assert.deepEqual(config.provider, {
      issuer: 'https://id.example.com',
      clientId: 'outlay',
      authentication: { method: 'client_secret_basic', clientSecret: 'client-secret' },
      acrValues: [],
      maxAge: undefined,
      trustedTile: false,
      offlineAccess: false,
      extraScopes: [],
      groups: { claim: 'groups', absent: 'keep' },
      logoutTokenType: 'logout+jwt',
      signingAlgorithm: undefined,
    });
    assert.equal(config.databaseUrl, 'sqlite:data/outlay.sqlite');
    assert.equal(config.sampleOrganisation, false);
    assert.equal(config.logLevel, 'info');
  });

  it('have the provider asked again every minute in the demonstration, and every hour elsewhere, unless they say how often', () => {
    assert.deepEqual(
      [{}, own].map((env) => loadConfig(env).revalidation),
      [60_000, 60 * 60_000],
    );
    for (const env of [{}, own]) {
      assert.equal(loadConfig({ ...env, SESSION_REVALIDATION: '5' }).revalidation, 5 * 60_000);
      assert.equal(loadConfig({ ...env, SESSION_REVALIDATION: '0' }).revalidation, 0);
    }
  });

  it('each say what they say', () => {
    const config = loadConfig({
      ...own,
      PORT: '8080',
      APP_BASE_URL: 'https://outlay.example.com',
      POST_LOGOUT_URL: 'https://www.example.com/bye',
      DATA_DIR: '/var/lib/outlay',
      SESSION_SECRET: sessionSecret,
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'text',
      SAMPLE_ORGANISATION: '1',
      SIGN_IN_RATE_LIMIT: '0',
      CLOCK_TOLERANCE: '0',
      ADMIT_NEW_PEOPLE: '0',
      STEP_UP_EXPORTS: '1',
      STEP_UP_RIGHTS: '1',
      OIDC_ACR_VALUES: ' urn:okta:loa:2fa:any  phr ',
      OIDC_MAX_AGE: '3600',
      OIDC_TRUSTED_TILE: '1',
      DEMO_PROVIDER_PORT: '9090',
    });
    assert.equal(config.port, 8080);
    assert.equal(config.baseUrl, 'https://outlay.example.com');
    assert.equal(config.postLogoutUrl, 'https://www.example.com/bye');
    assert.equal(config.dataDir, '/var/lib/outlay');
    assert.equal(config.databaseUrl, 'sqlite:/var/lib/outlay/outlay.sqlite');
    assert.deepEqual(config.sessionSecrets, [sessionSecret]);
    assert.equal(config.logLevel, 'debug');
    assert.equal(config.logFormat, 'text');
    assert.equal(config.sampleOrganisation, true);
    assert.equal(config.signInRateLimit, 0);
    assert.equal(config.clockTolerance, 0);
    assert.equal(config.admitNewPeople, false);
    assert.deepEqual(config.stepUpFor, { exports: true, rights: true });
    assert.deepEqual(config.provider?.acrValues, ['urn:okta:loa:2fa:any', 'phr']);
    assert.equal(config.provider?.maxAge, 3600);
    assert.equal(config.provider?.trustedTile, true);
    assert.equal(config.demoProviderPort, 9090);
  });

  it('take PORT into the address and the demonstration provider’s port', () => {
    const config = loadConfig({ PORT: '4000' });
    assert.equal(config.baseUrl, 'http://localhost:4000');
    assert.equal(config.demoProviderPort, 4001);
    assert.equal(loadConfig({ PORT: '65535' }).demoProviderPort, 65_534, 'there is none after the last');
  });

  it('take an empty variable for one that is not set, as compose files write it', () => {
    for (const nothing of ['', ' ', '\t']) {
      assert.deepEqual(loadConfig(Object.fromEntries(names.map((name) => [name, nothing]))), loadConfig({}));
    }
  });

  it('do not care for variables that are not theirs', () => {
    assert.deepEqual(loadConfig({ PATH: '/bin', port: '1' }), loadConfig({}));
  });

  it('name a NODE_ENV that is none, because "Production" would be development', () => {
    for (const value of ['Production', 'prod', 'staging'])
      assertRefused({ NODE_ENV: value }, /^NODE_ENV must be development, test or production\.$/);
  });

  it('keep the two ports apart', () => {
    assertRefused({ PORT: '4000', DEMO_PROVIDER_PORT: '4000' }, /^DEMO_PROVIDER_PORT must differ from PORT\.$/);
  });

  it('cannot be changed afterwards', () => {
    assert.ok(Object.isFrozen(loadConfig({})));
    assert.ok(Object.isFrozen(loadConfig(own)));
  });

  it('name PORT and DEMO_PROVIDER_PORT that are no ports', () => {
    for (const name of ['PORT', 'DEMO_PROVIDER_PORT']) {
      assertRefused({ [name]: 'abc' }, new RegExp(`^${name} must be a port number\\.$`));
      assertRefused({ [name]: '80.5' }, new RegExp(`^${name} must be a whole number\\.$`));
      assertRefused({ [name]: '-1' }, new RegExp(`^${name} is at least 1\\.$`));
      assertRefused({ [name]: '65536' }, new RegExp(`^${name} is at most 65535\\.$`));
    }
  });

  it('name a SIGN_IN_RATE_LIMIT that is no number of times', () => {
    for (const value of ['many', '1.5', '-1', '1000001']) {
      assertRefused({ SIGN_IN_RATE_LIMIT: value }, /^SIGN_IN_RATE_LIMIT (must be|is at) /);
    }
  });

  it('name a LOG_LEVEL, LOG_FORMAT or SAMPLE_ORGANISATION that there is not', () => {
    assertRefused({ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent\.$/);
    assertRefused({ LOG_FORMAT: 'pretty' }, /^LOG_FORMAT must be one of json, text\.$/);
    assertRefused({ SAMPLE_ORGANISATION: 'yes' }, /^SAMPLE_ORGANISATION must be 1 or 0\.$/);
  });

  it('want a SESSION_SECRET of at least 32 characters, and in production one at all', () => {
    assert.deepEqual(loadConfig(production).sessionSecrets, [sessionSecret]);
    const several = `${'a'.repeat(32)}, ${'b'.repeat(40)}`;
    assert.deepEqual(loadConfig({ SESSION_SECRET: several }).sessionSecrets, ['a'.repeat(32), 'b'.repeat(40)]);
    assertRefused({ SESSION_SECRET: `${sessionSecret},short` }, /^SESSION_SECRET must have at least 32 characters, each/);
    assertRefused({ SESSION_SECRET: 'x'.repeat(31) }, /^SESSION_SECRET must have at least 32 characters/);
    assertRefused({ ...production, SESSION_SECRET: 'short' }, /^SESSION_SECRET must have at least 32 characters/);
    assertRefused({ ...production, SESSION_SECRET: undefined }, /^SESSION_SECRET is needed when NODE_ENV=production/);
  });

  it('name every mistake at once, whatever kind each is of', () => {
    const mistakes = mistakesOf({
      NODE_ENV: 'production',
      PORT: 'abc',
      LOG_LEVEL: 'loud',
      SESSION_SECRET: 'short',
      APP_BASE_URL: 'http://outlay.example.com/app',
      POST_LOGOUT_URL: 'nowhere',
      DATABASE_URL: 'mysql://db',
      TRUST_PROXY: 'everybody',
      OIDC_ISSUER: 'http://id.example.com/.well-known/openid-configuration?x',
      OKTA_CLIENT_SECRET_FILE: '/nowhere/secret',
    });
    for (const mistake of mistakes) assert.match(mistake, /\.$/, 'a whole sentence');
    const named = Map.groupBy(mistakes, (mistake) => mistake.split(' ', 1)[0]);
    assert.deepEqual(Object.fromEntries([...named].map(([name, { length }]) => [name, length])), {
      PORT: 1,
      LOG_LEVEL: 1,
      SESSION_SECRET: 1,
      APP_BASE_URL: 2,
      POST_LOGOUT_URL: 1,
      DATABASE_URL: 1,
      TRUST_PROXY: 1,
      OIDC_ISSUER: 3,
      OIDC_CLIENT_ID: 1,
      OIDC_CLIENT_SECRET: 1,
      OKTA_CLIENT_SECRET_FILE: 1,
    });
  });

  it('are refused in sentences that begin with the name of a setting', () => {
    for (const name of names) {
      for (const value of ['\0', 'http://x/.well-known/?x#y', 'x'.repeat(10_000)]) {
        for (const mistake of mistakesOf({ ...production, [name]: value })) {
          assert.ok(names.includes(mistake.split(' ', 1)[0] ?? ''), mistake);
        }
      }
    }
  });

  it('never repeat a secret when they are refused', () => {
    const secrets = { OIDC_CLIENT_SECRET: 'secret-one', OKTA_CLIENT_SECRET: 'secret-two', SESSION_SECRET: 'secret-three' };
    const mistakes = mistakesOf({ ...secrets, DATABASE_URL: 'mysql://user:secret-four@db' });
    assert.equal(mistakes.length, 5);
    assert.doesNotMatch(mistakes.join('\n'), /secret-/);
  });
});
