import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HttpBrowser } from '../http-browser.ts';
import { jsonAnswer } from '../hostile-provider/behaviour.ts';
import { faults } from '../hostile-provider/catalogue.ts';
import type { Fault } from '../hostile-provider/fault.ts';
import { idTokenClaimFaults } from '../hostile-provider/faults/id-token-claims.ts';
import { idTokenShapeFaults } from '../hostile-provider/faults/id-token-shape.ts';
import { idTokenSignatureFaults } from '../hostile-provider/faults/id-token-signature.ts';
import { keyFaults } from '../hostile-provider/faults/keys.ts';
import { responseFaults } from '../hostile-provider/faults/response.ts';
import { tokenEndpointFaults } from '../hostile-provider/faults/token-endpoint.ts';
import { userInfoFaults } from '../hostile-provider/faults/user-info.ts';
import { type HostileProvider, startHostileProvider } from '../hostile-provider/provider.ts';
import { complaintsOf, plantedWords, walkInto, walkThrough, wasSeen } from '../hostile-provider/walk.ts';
import { openWorld, type World } from '../world.ts';

/** Refused as it should be, seen at all, without a session, and with the reason in the log and no secret there. */
async function assertRefuses(world: World, provider: HostileProvider, fault: Fault): Promise<void> {
  const sessions = await countSessions(world);
  const logged = world.log.length;
  const walked = await walkInto(fault, world.url(''), provider);
  assert.deepEqual(complaintsOf(fault, walked), []);
  assert.ok(wasSeen(fault, walked), `${fault.reaches} was never asked for, so nothing was refused`);
  assert.equal(await countSessions(world), sessions, 'there is a session that nobody should have');
  const lines = world.log.slice(logged);
  const refusal = lines.findLast(({ event }) => event === 'problem' || event === 'sign-in-refused');
  assert.equal(refusal?.['reason'], fault.reason);
  assert.doesNotMatch(JSON.stringify(lines), plantedWords, 'the log has a secret or the provider’s words in it');
}

async function countSessions({ db }: World): Promise<number> {
  const { count } = await db
    .selectFrom('session')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

async function assertAccepts(world: World, provider: HostileProvider): Promise<void> {
  const { signedIn } = await walkThrough(world.url(''), provider, {});
  assert.ok(signedIn, 'an honest sign-in works');
}

const areas: Readonly<Record<string, readonly Fault[]>> = {
  'what the browser brings back': responseFaults,
  'what comes for a code': tokenEndpointFaults,
  'who made the ID Token': idTokenSignatureFaults,
  'what the ID Token says': idTokenClaimFaults,
  'what kind of token the ID Token is': idTokenShapeFaults,
  'which key signed': keyFaults,
  'what UserInfo says': userInfoFaults,
};

for (const [area, all] of Object.entries(areas)) {
  describe(`a hostile provider: ${area}`, () => {
    let provider: HostileProvider;
    let world: World;
    before(async () => {
      provider = await startHostileProvider();
      world = await openWorld({ issuer: provider.issuer });
      await assertAccepts(world, provider);
    });
    after(async () => {
      await world[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    });

    for (const fault of all.filter(({ slow }) => slow !== true)) {
      it(`${fault.requirement} ${fault.title}: nobody is signed in`, () => assertRefuses(world, provider, fault));
    }

    it('and whoever signs in afterwards can', () => assertAccepts(world, provider));
  });
}

describe('a hostile provider, and what people are told', () => {
  let provider: HostileProvider;
  let world: World;
  before(async () => {
    provider = await startHostileProvider();
    world = await openWorld({ issuer: provider.issuer });
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  async function sentenceFor(name: string): Promise<string> {
    const fault = faults.find((fault) => fault.name === name);
    assert.ok(fault, name);
    const { answer } = await walkInto(fault, world.url(''), provider);
    return /<p class="lead">([^<]+)</.exec(answer.body)?.[1] ?? '';
  }

  const sentences: Readonly<Record<string, RegExp>> = {
    'access-denied': /You stopped signing in.*You can try again/,
    'login-required': /wants you to sign in there again.*follow its steps/,
    'interaction-required': /has a question for you first.*answer it there/,
    'consent-required': /needs your consent.*agree there/,
    'temporarily-unavailable': /is busy just now.*in a few minutes/,
    'server-error': /is busy just now.*in a few minutes/,
    'unmet-authentication-requirements': /asks for a stronger sign-in.*use it/,
    'unheard-of': /gave an answer that Outlay cannot trust.*the reference below/,
  };
  for (const [error, sentence] of Object.entries(sentences)) {
    it(`CBK-6 ${error} has a sentence that says what to do`, async () => {
      assert.match(await sentenceFor(`response-error-${error}`), sentence);
    });
  }

  it('CBK-10 a code that could not be redeemed is never tried again', async () => {
    const browser = new HttpBrowser();
    provider.behaviour = { tokenAnswer: () => jsonAnswer({}, 500) };
    const { location = '' } = await browser.ask(world.url('/login'));
    const { location: callback = '' } = await browser.ask(location);
    const stolen = browser.copy();
    assert.equal((await browser.ask(callback)).status, 400);
    provider.behaviour = {};
    const asked = provider.requests.length;
    assert.equal((await browser.ask(callback)).status, 400);
    assert.deepEqual(provider.requests.slice(asked), [], 'the attempt went with the code');
    assert.equal((await stolen.ask(callback)).status, 400, 'and the provider honours a code once');
  });
});

/** Each with an Outlay of its own, which has believed nothing yet; honest again, the provider serves it. */
async function assertFirstMeetingRefused(fault: Fault): Promise<void> {
  await using provider = await startHostileProvider();
  await using world = await openWorld({ issuer: provider.issuer });
  await assertRefuses(world, provider, fault);
  await assertAccepts(world, provider);
}

describe('a hostile provider that Outlay meets for the first time', () => {
  for (const fault of faults.filter(({ when, cold, slow }) => slow !== true && (when === 'metadata' || cold === true))) {
    it(`${fault.requirement} ${fault.title}: nobody is signed in`, () => assertFirstMeetingRefused(fault));
  }
});

describe('a hostile provider that takes its time', { concurrency: true }, () => {
  for (const fault of faults.filter(({ slow }) => slow === true)) {
    it(`${fault.requirement} ${fault.title}: nobody is signed in`, () => assertFirstMeetingRefused(fault));
  }
});
