import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertOnly, complaints } from '../../test/findings.ts';
import { type Arrived, judgeRequest, type Reached } from './request.ts';

const right: Arrived = {
  host: 'outlay.example.com',
  forwardedProto: 'https',
  forwardedHost: undefined,
  forwardedFor: '192.0.2.7',
  cookie: '__Host-outlay=x; __Host-outlay-theme=dark',
};
const judge = (arrived: Partial<Arrived>, reached: Partial<Reached> = {}) =>
  judgeRequest({ ...right, ...arrived }, { baseUrl: 'https://outlay.example.com', trustProxy: 1, ...reached });

describe('the doctor at a request', () => {
  it('has nothing to say where the proxy hands on what it should', () => {
    assert.deepEqual(complaints(judge({})), []);
    assert.deepEqual(complaints(judge({ host: 'Outlay.example.com:443' })), []);
    assert.deepEqual(complaints(judge({ host: '127.0.0.1:3000', forwardedHost: 'outlay.example.com' })), []);
    assert.deepEqual(complaints(judge({ forwardedFor: '198.51.100.1, 192.0.2.7' }, { trustProxy: ['10.0.0.0/8'] })), []);
  });

  it('has nothing to say without a proxy on this machine', () => {
    const none = { host: 'localhost:3000', forwardedProto: undefined, forwardedFor: undefined };
    assert.deepEqual(complaints(judge(none, { baseUrl: 'http://localhost:3000', trustProxy: false })), []);
  });

  for (const [what, arrived, reached, complaint, paste] of [
    ['puts in another host', { host: '127.0.0.1:3000' }, {}, 'weak proxy-host', 'proxy_set_header Host $host;'],
    ['hides https', { forwardedProto: undefined }, {}, 'weak proxy-proto', 'proxy_set_header X-Forwarded-Proto $scheme;'],
    ['says http behind https', { forwardedProto: 'http' }, {}, 'weak proxy-proto', /Forwarded-Proto/],
    [
      'has https before a base URL of http',
      { host: 'localhost' },
      { baseUrl: 'http://localhost' },
      'wrong proxy-proto',
      'APP_BASE_URL=https://localhost',
    ],
    ['is not told of', { forwardedFor: '192.0.2.7, 10.0.0.1' }, { trustProxy: false }, 'weak proxy-for', 'TRUST_PROXY=2'],
    ['is trusted and says no address', { forwardedFor: '' }, {}, 'weak proxy-for', /X-Forwarded-For/],
    ['is one, where two are trusted', {}, { trustProxy: 2 }, 'weak proxy-for', 'TRUST_PROXY=1'],
    ['has a second one behind it', { forwardedFor: '192.0.2.7, 10.0.0.1' }, {}, 'weak proxy-for', 'TRUST_PROXY=2'],
    ['lets another program’s session through', { cookie: 'outlay=a; __Host-outlay=b' }, {}, 'weak cookies', ''],
    ['brings the cookies of a whole domain', { cookie: `__Host-outlay=b; other=${'x'.repeat(7_000)}` }, {}, 'weak cookies', ''],
  ] as const) {
    it(`finds a proxy that ${what}`, () => {
      assertOnly(judge(arrived, reached), complaint, paste);
    });
  }

  it('shows nothing of a cookie, and nothing that a header steers', () => {
    const findings = judge({ host: 'evil\u202e.example', cookie: 'outlay=hush; outlay=hush' });
    assert.doesNotMatch(JSON.stringify(findings), /hush|\u202e/);
  });
});
