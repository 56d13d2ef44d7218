import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfig } from './config.ts';

describe('the name of a variable', () => {
  it('that looks like a provider’s is told of', () => {
    const { warnings, provider } = loadConfig({ OIDC_CLIENTID: 'x', OKTA_ORG: 'y' });
    assert.equal(provider, undefined);
    assert.deepEqual(warnings, [
      "OIDC_CLIENTID is no setting of Outlay's and is not read; is it OIDC_CLIENT_ID that you mean?",
      "OKTA_ORG is no setting of Outlay's and is not read.",
    ]);
    assert.deepEqual(loadConfig({ OIDC_CLIENT_SECRET_FILE: '' }).warnings, []);
  });

  it('that is a setting’s but for a letter or two is told of, with what may be meant, and no other program’s', () => {
    for (const [typed, meant] of [
      ['SESSION_IDLE_LIMITS', 'SESSION_IDLE_LIMIT'],
      ['ADMIN_MAIL', 'ADMIN_EMAIL'],
      ['DATABSE_URL', 'DATABASE_URL'],
      ['SESSION_SECRET_FILES', 'SESSION_SECRET_FILE'],
      ['WORKER', 'WORKERS'],
    ] as const) {
      assert.deepEqual(loadConfig({ [typed]: '1' }).warnings, [
        `${typed} is no setting of Outlay's and is not read; is it ${meant} that you mean?`,
      ]);
    }
    const others = [
      'SESSION_MANAGER',
      'DATABASE_HOST',
      'NODE_PATH',
      'LOGNAME',
      'HOST',
      'PWD',
      'TERM',
      'BACKUP_DIR',
      'OTEL_SERVICE_VERSION',
    ];
    assert.deepEqual(loadConfig(Object.fromEntries(others.map((name) => [name, '1']))).warnings, []);
  });
});
