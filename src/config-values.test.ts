import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused, own, production } from '../test/settings.ts';
import { loadConfig } from './config.ts';
import { isLoopback } from './config-values.ts';

describe('the address of Outlay', () => {
  it('loses a slash at the end, a port that goes without saying, and capitals', () => {
    for (const [given, kept] of [
      ['https://outlay.example.com/', 'https://outlay.example.com'],
      ['https://outlay.example.com:443', 'https://outlay.example.com'],
      ['https://Outlay.Example.com:8443/', 'https://outlay.example.com:8443'],
      ['http://localhost:80/', 'http://localhost'],
    ] as const) {
      const config = loadConfig({ ...own, APP_BASE_URL: given });
      assert.equal(config.baseUrl, kept);
      assert.equal(config.postLogoutUrl, kept, 'also where people land after logging out');
    }
  });

  it('is refused with a path, a query, a fragment or a user', () => {
    for (const rest of ['/outlay', '/outlay/', '/?x=1', '/#x']) {
      assertRefused(
        { ...own, APP_BASE_URL: `https://outlay.example.com${rest}` },
        /^APP_BASE_URL must be scheme, host and port only/,
      );
    }
    assertRefused(
      { ...own, APP_BASE_URL: 'https://user@outlay.example.com' },
      /^APP_BASE_URL must be scheme, host and port only/,
    );
  });

  it('is refused where it is none', () => {
    for (const url of ['outlay.example.com', 'localhost:3000', 'ftp://outlay.example.com', 'https://']) {
      assertRefused({ ...own, APP_BASE_URL: url }, /^APP_BASE_URL must be an address/);
    }
  });

  it('is plain http on this machine only, and in production with a warning', () => {
    assertRefused({ ...own, APP_BASE_URL: 'http://outlay.example.com' }, /^APP_BASE_URL must begin with https:/);
    assert.deepEqual(loadConfig({ ...own, APP_BASE_URL: 'http://localhost:3000' }).warnings, []);
    assert.deepEqual(loadConfig({ ...production, APP_BASE_URL: 'https://outlay.example.com' }).warnings, []);
    for (const env of [production, { ...production, APP_BASE_URL: 'http://127.0.0.1:3000' }]) {
      const { warnings } = loadConfig(env);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /^APP_BASE_URL is plain http on this machine only/);
    }
  });

  it('after logging out is kept to the letter, because the provider compares it so', () => {
    for (const url of ['https://www.example.com/', 'https://WWW.example.com:443/bye?x=1', 'http://intranet/']) {
      assert.equal(loadConfig({ ...own, POST_LOGOUT_URL: url }).postLogoutUrl, url);
    }
    for (const url of ['www.example.com', 'javascript:alert(1)', '/bye']) {
      assertRefused({ ...own, POST_LOGOUT_URL: url }, /^POST_LOGOUT_URL must be an address/);
    }
  });

  it('counts as this machine’s for localhost, 127.0.0.1 and ::1 only', () => {
    for (const url of ['http://localhost', 'https://LOCALHOST:1', 'http://127.0.0.1', 'http://[::1]:3000', 'http://0x7f.1']) {
      assert.ok(isLoopback(new URL(url)), url);
    }
    for (const url of [
      'http://localhost.',
      'http://0.0.0.0',
      'http://[::]',
      'http://127.0.0.1.nip.io',
      'http://localhost@evil.example',
    ]) {
      assert.ok(!isLoopback(new URL(url)), url);
    }
  });
});

describe('the address of the database', () => {
  it('begins with sqlite: or postgres:', () => {
    for (const url of ['sqlite::memory:', 'sqlite:/x/y.sqlite', 'postgres://u:p@db/outlay', 'postgresql://db:5433/outlay']) {
      assert.equal(loadConfig({ DATABASE_URL: url }).databaseUrl, url);
    }
    for (const url of ['mysql://db/outlay', 'outlay.sqlite', 'sqlite:', 'https://db']) {
      assertRefused({ DATABASE_URL: url }, /^DATABASE_URL must begin with sqlite: .* or postgres:/);
    }
  });
});

describe('the address of the database for the owner of its tables', () => {
  it('is for PostgreSQL, and beside another one', () => {
    const urls = { DATABASE_URL: 'postgres://app:p@db/outlay', DATABASE_OWNER_URL: 'postgres://owner:p@db/outlay' };
    assert.equal(loadConfig(urls).databaseOwnerUrl, urls.DATABASE_OWNER_URL);
    assert.equal(loadConfig({ DATABASE_URL: urls.DATABASE_URL }).databaseOwnerUrl, undefined);
    const refused = /^DATABASE_OWNER_URL must begin with postgres:\/\/, and so must DATABASE_URL/;
    assertRefused({ ...urls, DATABASE_OWNER_URL: 'sqlite:./x.sqlite' }, refused);
    assertRefused({ ...urls, DATABASE_URL: 'sqlite:./x.sqlite' }, refused);
    assertRefused({ DATABASE_OWNER_URL: urls.DATABASE_OWNER_URL }, refused);
  });
});

describe('the proxies in front', () => {
  it('is how many there are, or their addresses, or the names of their networks', () => {
    for (const [value, means] of [
      ['0', false],
      ['1', 1],
      ['2', 2],
      ['loopback', ['loopback']],
      ['10.0.0.1', ['10.0.0.1']],
      ['loopback, 10.0.0.0/8,fd00::/8', ['loopback', '10.0.0.0/8', 'fd00::/8']],
    ] as const) {
      assert.deepEqual(loadConfig({ TRUST_PROXY: value }).trustProxy, means);
    }
    for (const value of [
      'true',
      '*',
      '-1',
      '1.5',
      '10.0.0',
      '10.0.0.0/33',
      'fd00::/129',
      '10.0.0.0/0',
      'Loopback',
      '10.0.0.1,',
      ',',
    ]) {
      assertRefused({ TRUST_PROXY: value }, /^TRUST_PROXY must be /);
    }
  });
});

describe('where receipts are kept', () => {
  it('is the database unless a folder is named, of any name', () => {
    assert.equal(loadConfig(own).receiptFolder, undefined);
    assert.equal(loadConfig({ ...own, RECEIPT_STORAGE: 'database' }).receiptFolder, undefined);
    for (const folder of ['/var/lib/outlay/receipts', './receipts', 'C:\\Outlay\\my receipts'])
      assert.equal(loadConfig({ ...own, RECEIPT_STORAGE: `folder:${folder}` }).receiptFolder, folder);
  });

  it('is refused as anything else, and said how', () => {
    for (const value of ['folder', 'folder:', 'folder: ', '/var/lib/outlay', 'bucket:outlay', 'Database'])
      assertRefused({ ...own, RECEIPT_STORAGE: value }, /^RECEIPT_STORAGE must be database, or folder:/);
  });
});

describe('several processes', () => {
  const postgres = 'postgres://outlay@localhost/outlay';

  it('share one port where there is PostgreSQL and a provider of one’s own', () => {
    assert.equal(loadConfig({ ...own, DATABASE_URL: postgres, WORKERS: '3' }).workers, 3);
    assert.equal(loadConfig({ WORKERS: '1' }).workers, 1);
  });

  it('are refused over one SQLite file, and in the demonstration', () => {
    assertRefused({ ...own, WORKERS: '2' }, /^WORKERS above 1 needs PostgreSQL.*DATABASE_URL/);
    assertRefused({ ...own, DATABASE_URL: 'sqlite:here.sqlite', WORKERS: '2' }, /^WORKERS above 1 needs PostgreSQL/);
    assertRefused({ DATABASE_URL: postgres, WORKERS: '2' }, /^WORKERS must be 1 in the demonstration/);
    assertRefused({ ...own, DATABASE_URL: postgres, WORKERS: '0' }, /^WORKERS is at least 1/);
  });
});

describe('what encrypts backups', () => {
  const recipient = `age1${'q'.repeat(58)}`;

  it('is public keys, a passphrase, both or nothing', () => {
    assert.equal(loadConfig(own).backupKeys, undefined);
    const two = loadConfig({ ...own, BACKUP_RECIPIENT: `${recipient} ${recipient}` });
    assert.deepEqual(two.backupKeys, { recipients: [recipient, recipient], passphrase: undefined });
    const both = loadConfig({ ...own, BACKUP_RECIPIENT: recipient, BACKUP_PASSPHRASE: 'x'.repeat(16) });
    assert.deepEqual(both.backupKeys, { recipients: [recipient], passphrase: 'x'.repeat(16) });
  });

  it('is no identity, which would be a secret in the wrong place, and no passphrase that is quickly guessed', () => {
    assertRefused(
      { ...own, BACKUP_RECIPIENT: `AGE-SECRET-KEY-1${'Q'.repeat(58)}` },
      /^BACKUP_RECIPIENT must be a public key of age/,
    );
    assertRefused({ ...own, BACKUP_PASSPHRASE: 'hush' }, /^BACKUP_PASSPHRASE must have at least 16 characters/);
  });
});
