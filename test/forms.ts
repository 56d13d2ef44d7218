import assert from 'node:assert/strict';
import type { Answer, HttpBrowser } from './http-browser.ts';

/** What a form on a page would send as it stands; the form is found by where it is sent to, by itself or by one of its buttons. */
export function fieldsOf(page: string, action: string): Record<string, string> {
  const forms = [...page.matchAll(/<form\b[^]*?<\/form>/g)].map(([form]) => form);
  const form = forms.find((one) => one.includes(`action="${action}"`)) ?? assert.fail(`No form leads to ${action} in ${page}`);
  return fieldsIn(form);
}

/** A form of a page with all that can be sent by it, chosen or not. */
export interface FoundForm {
  /** Where it is sent to, by itself and by its buttons; none for the page's own address. */
  readonly actions: readonly string[];
  readonly method: 'GET' | 'POST';
  /** Whether it may bring files. */
  readonly multipart: boolean;
  /** As it stands; what is not chosen is empty. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Every form of a page. */
export function formsOn(page: string): FoundForm[] {
  return [...page.matchAll(/<form\b([^>]*)>[^]*?<\/form>/g)].map(([form, attributes = '']) => {
    const named = [...form.matchAll(/<(?:input|select|textarea|button)\b([^>]*)>/g)]
      .map(([, tag = '']) => [attribute(tag, 'name'), attribute(tag, 'value')] as const)
      .filter(([name]) => name !== '');
    const led = [...form.matchAll(/\bformaction="[^"]*"/g)].map(([found]) => attribute(found, 'formaction'));
    return {
      actions: [attribute(attributes, 'action'), ...led].filter((action) => action !== ''),
      method: attribute(attributes, 'method').toLowerCase() === 'post' ? 'POST' : 'GET',
      multipart: attributes.includes('multipart/form-data'),
      fields: { ...Object.fromEntries(named), ...fieldsIn(form) },
    };
  });
}

/** Where the links of a page lead, as they are written. */
export function linksOn(page: string): string[] {
  return [...page.matchAll(/<a\b([^>]*)>/g)].map(([, attributes = '']) => attribute(attributes, 'href'));
}

function fieldsIn(form: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [, attributes = ''] of form.matchAll(/<input\b([^>]*)>/g)) {
    // What is not ticked is not sent (HTML, form-submission "constructing the entry list").
    if (/\btype="(?:checkbox|radio)"/.test(attributes) && !/\schecked\b/.test(attributes)) continue;
    fields[attribute(attributes, 'name')] = attribute(attributes, 'value');
  }
  for (const [, attributes = '', options = ''] of form.matchAll(/<select\b([^>]*)>([^]*?)<\/select>/g)) {
    const all = [...options.matchAll(/<option\b([^>]*)>/g)].map(([, option = '']) => option);
    const chosen = all.find((option) => option.endsWith(' selected')) ?? all[0] ?? '';
    fields[attribute(attributes, 'name')] = attribute(chosen, 'value');
  }
  return fields;
}

/** Sends a form of the page that somebody has before them, with what they type and the button they press. */
export async function submit(
  browser: HttpBrowser,
  page: Answer,
  action: string,
  typed: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const form = { ...fieldsOf(page.body, action), ...typed };
  return browser.ask(new URL(action, page.url), { method: 'POST', form });
}

/** What the page says is wrong, by the field that it stands beside. */
export function mistakesOn(page: string): Record<string, string> {
  const errors = page.matchAll(/<p class="field-error" id="about-([\w-]+)">([^<]*)<\/p>/g);
  return Object.fromEntries([...errors].map(([, name = '', text = '']) => [name, unescapeText(text)]));
}

/** What the page says in its main part, without markup, for reading it as somebody does. */
export function textOf(page: string): string {
  const main = /<main\b[^>]*>([^]*)<\/main>/.exec(page)?.[1] ?? page;
  return unescapeText(main.replace(/<[^>]+>/g, ' '))
    .replace(/\s+/g, ' ')
    .replace(/ (?=[,.])/g, '')
    .trim();
}

function attribute(attributes: string, name: string): string {
  return unescapeText(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '');
}

function unescapeText(text: string): string {
  const characters: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => characters[entity] ?? entity);
}
