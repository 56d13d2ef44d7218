import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import express from 'express';
import * as fc from 'fast-check';
import { compilePage, type Frame, frameOf, newReference, type Page, sendPage, setFrame } from './page.ts';
import { serve } from './server.ts';

const markup = `<script>alert("x")</script> & 'y'`;
const escaped = '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;';

let folder: string;
let files = 0;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'outlay-page-'));
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

function pageOf<Model extends object>(template: string): Page<Model> {
  const file = join(folder, `${(files += 1)}.ejs`);
  writeFileSync(file, template);
  return compilePage<Model>(pathToFileURL(file));
}

describe('a page', () => {
  it('shows markup as the text it is, also within an attribute', () => {
    const page = pageOf<{ text: string }>('<p title="<%= page.text %>"><%= page.text %></p>');
    assert.equal(page({ text: markup }), `<p title="${escaped}">${escaped}</p>`);
  });

  it('leaves no character of any text that could end an element or an attribute', () => {
    const page = pageOf<{ text: string }>('<%= page.text %>');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const shown = page({ text });
        assert.doesNotMatch(shown, /[<>"']/);
        const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
        assert.equal(
          shown.replace(/&[a-z#0-9]+;/g, (entity) => entities[entity] ?? ''),
          text,
        );
      }),
    );
  });

  it('shows whole numbers, also 0', () => {
    assert.equal(pageOf<{ count: number }>('<%= page.count %>')({ count: 0 }), '0');
  });

  it('does not come out without a field that it prints', () => {
    const page = pageOf<{ other?: unknown }>('<p><%= page.other %></p>');
    for (const other of [undefined, null, true, {}, ['x'], Symbol('x')]) {
      assert.throws(() => page({ other }), /A template prints a field that its page does not have/);
    }
    assert.throws(() => page({}), /A template prints a field that its page does not have/);
  });

  it('knows its fields by "page." only', () => {
    assert.throws(() => pageOf<{ text: string }>('<%= text %>')({ text: 'x' }), /text is not defined/);
  });

  it('that is broken, or whose part is, is refused at start and not when somebody visits it', () => {
    assert.throws(() => pageOf('<% if (page.x) { %>'));
    assert.throws(() => pageOf("<%- page.part('nowhere.ejs', {}) %>"), /ENOENT/);
    writeFileSync(join(folder, 'broken-part.ejs'), '<% if (page.x) { %>');
    assert.throws(() => pageOf("<% if (page.never) { %><%- page.part('broken-part.ejs', {}) %><% } %>"));
  });

  it('has parts that get what they are given, and nothing else of the page', () => {
    writeFileSync(join(folder, 'part.ejs'), '<b><%= page.text %></b>');
    const page = pageOf<{ text: string; secret: string }>("<%- page.part('part.ejs', { text: page.text }) %>");
    assert.equal(page({ text: markup, secret: 'x' }), `<b>${escaped}</b>`);
    const forgetful = pageOf<{ text: string }>("<%- page.part('part.ejs', {}) %>");
    assert.throws(() => forgetful({ text: 'x' }), /prints a field that its page does not have/);
  });
});

describe('the layout', () => {
  async function send(frame: Frame | undefined, title: string): Promise<Response> {
    const page = pageOf<{ text: string }>('<h1><%= page.text %></h1>');
    const app = express();
    app.use((_req, res) => {
      if (frame !== undefined) setFrame(res, frame);
      sendPage(res.status(422), page, title, { text: 'The page itself' });
    });
    await using server = await serve(0, 'localhost', () => app);
    const response = await fetch(`http://localhost:${server.port}`);
    return new Response(await response.text(), response);
  }

  it('shows markup in a title as text', async () => {
    const body = await (await send(undefined, markup)).text();
    assert.ok(body.includes(`<title>${escaped} · Outlay</title>`));
    assert.ok(!body.includes('<script'));
  });

  it('shows markup in a person’s name as text', async () => {
    const body = await (await send({ personName: markup, demonstration: false }, 'x')).text();
    assert.ok(body.includes(escaped));
    assert.ok(!body.includes('<script'));
  });

  it('puts the page inside, as HTML, and leaves the status alone', async () => {
    const response = await send(undefined, 'x');
    assert.equal(response.status, 422);
    assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.ok((await response.text()).includes('<h1>The page itself</h1>'));
  });

  it('says that it is a demonstration where it is one, and only there', async () => {
    assert.match(await (await send({ demonstration: true }, 'x')).text(), /anyone can sign in as anyone/);
    assert.doesNotMatch(await (await send({ demonstration: false }, 'x')).text(), /anyone can sign in as anyone/);
  });

  it('offers a guest to log in and a person to log out', async () => {
    const guest = await (await send({ demonstration: false }, 'x')).text();
    assert.match(guest, /Log in/);
    assert.doesNotMatch(guest, /Log out/);
    const person = await (await send({ personName: 'Alice Archer', demonstration: false }, 'x')).text();
    assert.match(person, /Log out/);
    assert.doesNotMatch(person, /Log in/);
  });

  it('is a guest’s where the request failed before anybody knew whose it is', async () => {
    const app = express();
    app.use((_req, res) => {
      res.json(frameOf(res));
    });
    await using server = await serve(0, 'localhost', () => app);
    assert.deepEqual(await (await fetch(`http://localhost:${server.port}`)).json(), { demonstration: false });
  });
});

describe('a reference', () => {
  it('is short, has no characters that look alike, and is another one each time', () => {
    const references = Array.from({ length: 1_000 }, newReference);
    for (const reference of references) assert.match(reference, /^[2-9A-HJKMNP-TV-Z]{8}$|^[2-9A-HJ-NP-Z]{8}$/);
    assert.doesNotMatch(references.join(''), /[01ILO]/);
    assert.equal(new Set(references).size, references.length);
  });
});
