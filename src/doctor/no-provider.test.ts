import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { assertOnly, complaints, usual } from '../../test/findings.ts';
import { freePort } from '../../test/free-port.ts';
import { listen, stop } from '../../test/hostile-provider/sending.ts';
import type { ProviderConfig } from '../config-provider.ts';
import { examineProvider } from './provider.ts';
import { judgeCertificate, judgeFailure } from './reachability.ts';
import { TooLong } from '../web/within.ts';

const now = () => new Date();

describe('the doctor where there is no provider', () => {
  const provider = (issuer: string): ProviderConfig => ({
    issuer,
    clientId: 'outlay',
    authentication: { method: 'client_secret_basic', clientSecret: 'x' },
  });
  const examine = (issuer: string) => examineProvider({ ...usual, provider: provider(issuer) }, now);

  async function examineAt(path: string, answer: RequestListener) {
    const { server, origin } = await listen('localhost', 0, answer);
    try {
      return { findings: await examine(origin + path), origin };
    } finally {
      await stop(server);
    }
  }
  const json =
    (value: unknown, status = 200): RequestListener =>
    (_req, res) =>
      void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

  it('finds a Keycloak that has no "/auth" any more', async () => {
    const { findings, origin } = await examineAt('/auth/realms/company', (req, res) => {
      const known = req.url?.startsWith('/realms/company/') === true;
      json(known ? { issuer: `http://${req.headers.host}/realms/company` } : { error: 'not found' }, known ? 200 : 404)(req, res);
    });
    assertOnly(findings, 'wrong issuer-keycloak-auth', `OIDC_ISSUER=${origin}/realms/company`, /^Keycloak: Realm settings/);
  });

  it('finds a realm that is spelt with other capitals, and one that there is not', async () => {
    const keycloak: RequestListener = (req, res) => {
      const known = req.url?.startsWith('/realms/company/') === true;
      json(
        known ? { issuer: `http://${req.headers.host}/realms/company` } : { error: 'Realm does not exist' },
        known ? 200 : 404,
      )(req, res);
    };
    const capitals = await examineAt('/realms/Company', keycloak);
    assertOnly(capitals.findings, 'wrong issuer-realm', `OIDC_ISSUER=${capitals.origin}/realms/company`);
    const other = await examineAt('/realms/elsewhere', keycloak);
    assertOnly(other.findings, 'wrong issuer-realm', `OIDC_ISSUER=${other.origin}/realms/{realm}`);
  });

  it('finds an ordinary web page', async () => {
    const { findings } = await examineAt(
      '',
      (_req, res) => void res.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hi'),
    );
    assertOnly(findings, 'wrong issuer-no-metadata', 'OIDC_ISSUER=…', /Okta[^]*Entra ID[^]*Keycloak[^]*Auth0[^]*Google/);
  });

  it('finds a port at which nobody listens', async () => {
    const found = assertOnly(await examine(`http://localhost:${await freePort()}`), 'wrong connect', '');
    assert.match(found.what, /ECONNREFUSED/);
  });

  it('finds a host that no name server knows', async () => {
    assertOnly(await examine('https://login.invalid'), 'wrong dns', '');
  });

  it('finds a certificate that is not trusted', async () => {
    const pem = readFileSync(new URL('../../test/hostile-provider/self-signed.pem', import.meta.url));
    const server = createServer({ cert: pem, key: pem });
    await new Promise<void>((done) => server.listen(0, 'localhost', done));
    try {
      const findings = await examine(`https://localhost:${(server.address() as AddressInfo).port}`);
      const [first] = findings.filter(({ kind }) => kind === 'wrong');
      assert.equal(first?.check, 'certificate');
      assert.match(first.remedy.paste, /^NODE_EXTRA_CA_CERTS=/);
    } finally {
      await stop(server);
    }
  });

  it('finds plain http behind https', async () => {
    const { findings } = await examineAtHttps();
    assert.deepEqual(complaints(findings), ['wrong tls']);
  });

  async function examineAtHttps() {
    const { server, origin } = await listen('localhost', 0, json({}));
    try {
      return { findings: await examine(origin.replace('http:', 'https:')) };
    } finally {
      await stop(server);
    }
  }

  it('finds a certificate that has expired, one of another host, and a host that does not answer in time', () => {
    const found = (code: string) =>
      judgeFailure('https://id.example.com', new Error('', { cause: Object.assign(new Error(), { code }) }));
    for (const [code, what] of [
      ['CERT_HAS_EXPIRED', /certificate that is not valid now/],
      ['ERR_TLS_CERT_ALTNAME_INVALID', /certificate of another host/],
    ] as const)
      assert.match(assertOnly([found(code)], 'wrong certificate', '').what, what);
    assertOnly([judgeFailure('https://id.example.com', new TooLong())], 'wrong reach', '');
  });

  it('finds a certificate that ends within three weeks, and not one that has longer', () => {
    const at = new Date('2026-03-01T12:00:00Z');
    assertOnly(judgeCertificate(new Date('2026-03-12T12:00:00Z'), at), 'weak certificate-end', '');
    assert.match(judgeCertificate(new Date('2026-03-12T12:00:00Z'), at)[0]?.what ?? '', /ends in 11 days, on 2026-03-12/);
    assert.deepEqual(complaints(judgeCertificate(new Date('2026-03-23T12:00:01Z'), at)), []);
  });
});
