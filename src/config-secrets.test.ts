import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { assertRefused, mistakesOf, own } from '../test/settings.ts';
import { loadConfig } from './config.ts';
import { secretSettings } from './config-settings.ts';

const sessionSecret = 'x'.repeat(32);

describe('a secret from a file', () => {
  let folder: string;
  const fileWith = (content: string) => {
    const file = join(folder, `secret-${content.length}`);
    writeFileSync(file, content);
    return file;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'outlay-config-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is read, and loses the line break that editors leave behind', () => {
    const config = loadConfig({
      OIDC_ISSUER: own.OIDC_ISSUER,
      OIDC_CLIENT_ID: own.OIDC_CLIENT_ID,
      OKTA_CLIENT_SECRET_FILE: fileWith(' from-a-file\r\n'),
      SESSION_SECRET_FILE: fileWith(`${sessionSecret}\n`),
      DATABASE_URL_FILE: fileWith('postgres://user:password@db/outlay\n'),
    });
    assert.deepEqual(config.provider?.authentication, { method: 'client_secret_basic', clientSecret: 'from-a-file' });
    assert.deepEqual(config.sessionSecrets, [sessionSecret]);
    assert.equal(config.databaseUrl, 'postgres://user:password@db/outlay');
    assert.deepEqual(
      loadConfig({ ...own, OKTA_CLIENT_SECRET_FILE: fileWith('client-secret') }).provider,
      loadConfig(own).provider,
    );
  });

  it('is refused where the file cannot be read or is empty, by the name of its variable', () => {
    for (const name of secretSettings) {
      const whyRefused = (file: string) => mistakesOf({ [`${name}_FILE`]: file })[0];
      assert.equal(whyRefused('/nowhere/secret'), `${name}_FILE names "/nowhere/secret", which cannot be read.`);
      assert.equal(whyRefused(folder), `${name}_FILE names "${folder}", which cannot be read.`);
      const empty = fileWith('\n');
      assert.equal(whyRefused(empty), `${name}_FILE names "${empty}", which is empty.`);
    }
  });

  it('is refused beside the same secret in a variable', () => {
    assertRefused(
      { ...own, OIDC_CLIENT_SECRET_FILE: fileWith('client-secret') },
      /^OIDC_CLIENT_SECRET and OIDC_CLIENT_SECRET_FILE are both set; keep one of them\.$/,
    );
  });

  it('is not looked for where the setting is no secret', () => {
    assert.deepEqual(loadConfig({ PORT_FILE: '/nowhere', LOG_LEVEL_FILE: '/nowhere' }), loadConfig({}));
  });
});
