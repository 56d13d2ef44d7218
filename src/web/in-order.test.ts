import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { byFirstWord } from './by-first-word.ts';
import { inOrder } from './in-order.ts';

const req = {} as Request;
const res = {} as Response;

/** What comes out at the end, after all of them. */
function endOf(...handlers: RequestHandler[]): Promise<unknown> {
  return new Promise((resolve) => void inOrder(...handlers)(req, res, resolve));
}

describe('handlers in order', () => {
  it('each run once, one after the other', async () => {
    const ran: number[] = [];
    const handler =
      (number: number): RequestHandler =>
      (_req, _res, next) => {
        ran.push(number);
        if (number % 2 === 0) setImmediate(next);
        else next();
      };
    assert.equal(await endOf(handler(1), handler(2), handler(3), handler(4)), undefined);
    assert.deepEqual(ran, [1, 2, 3, 4]);
  });

  const failure = new Error('no');
  const never: RequestHandler = () => assert.fail('nothing runs after a failure');
  const failing: Readonly<Record<string, RequestHandler>> = {
    'throws at once': () => {
      throw failure;
    },
    'throws later, as an async function does': async () => {
      await Promise.resolve();
      throw failure;
    },
    'hands it on': (_req, _res, next) => next(failure),
  };
  for (const [how, handler] of Object.entries(failing)) {
    it(`pass a failure on that one ${how}`, async () => {
      assert.equal(await endOf((_req, _res, next) => next(), handler, never), failure);
      assert.equal(await endOf((_req, _res, next) => setImmediate(next), handler, never), failure);
      assert.equal(await endOf(async (_req, _res, next) => next(), handler, never), failure);
    });
  }

  it('tell a failure once, however many were before the one that failed', async () => {
    const told: unknown[] = [];
    const pass: RequestHandler = async (_req, _res, next) => next();
    await inOrder(pass, pass, pass, () => {
      throw failure;
    })(req, res, (error) => told.push(error));
    await new Promise(setImmediate);
    assert.deepEqual(told, [failure]);
  });
});

describe('routers by the first word of the address', () => {
  const answering = (...addresses: string[]) => {
    const router = express.Router();
    for (const address of addresses) router.get(address, (_req, response) => void response.json(address));
    return router;
  };

  async function ask(routers: readonly express.Router[], path: string): Promise<unknown> {
    const app = express();
    app.use(byFirstWord(...routers));
    await using server = app.listen(0);
    const { port } = server.address() as { port: number };
    const answer = await fetch(`http://localhost:${port}${path}`);
    return answer.status === 200 ? answer.json() : answer.status;
  }

  const routers = [
    answering('/'),
    answering('/team/:id', '/waiting'),
    answering('/team/:id/import', '/expenses.csv'),
    answering('/team/new'),
  ];

  for (const [path, expected] of [
    ['/', '/'],
    ['/team/finance', '/team/:id'],
    ['/TEAM/finance/', '/team/:id'],
    ['/team/finance/import?after=1', '/team/:id/import'],
    ['/team/new', '/team/:id'],
    ['/waiting', '/waiting'],
    ['/waiting/', '/waiting'],
    ['/expenses.csv', '/expenses.csv'],
    ['/team', 404],
    ['/team/a/b/c', 404],
    ['/%74eam/finance', 404],
    ['//team/finance', 404],
    ['/constructor', 404],
  ] as const) {
    it(`answer ${path} as Express alone does`, async () => {
      assert.equal(await ask(routers, path), expected);
      const alone = express.Router();
      alone.use(...routers);
      const app = express().use(alone);
      await using server = app.listen(0);
      const { port } = server.address() as { port: number };
      const answer = await fetch(`http://localhost:${port}${path}`);
      assert.equal(answer.status === 200 ? await answer.json() : answer.status, expected);
    });
  }

  it('cannot be made of what stands at no first word', () => {
    assert.throws(() => byFirstWord(answering('/:anything')), TypeError);
    assert.throws(() => byFirstWord(express.Router().use((_req, _res, next) => next())), TypeError);
  });
});
