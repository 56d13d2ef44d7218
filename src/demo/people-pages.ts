import express, { type ErrorRequestHandler, type Router } from 'express';
import { z } from 'zod';
import { Problem, statusOf } from '../problems.ts';
import { compilePage } from '../web/page.ts';
import { sameOriginOnly } from '../web/same-origin.ts';
import { type Directory, type Listed, type WayOfSending, wayOfSending, waysOfSending } from './directory.ts';
import { framed, nameOf, notice } from './pages.ts';

interface Choice {
  readonly value: string;
  readonly label: string;
  readonly checked: boolean;
}

interface PersonModel {
  readonly subject: string;
  readonly action: string;
  readonly heading: string;
  readonly email: string;
  readonly name: string;
  readonly groups: readonly Choice[];
  readonly ways: readonly Choice[];
  readonly hasLeft: boolean;
  readonly isSaved: boolean;
}

interface PeopleModel {
  readonly people: readonly PersonModel[];
  readonly appBaseUrl: string;
}

const peoplePage = compilePage<PeopleModel>(new URL('people.ejs', import.meta.url));

const labels: Readonly<Record<WayOfSending, string>> = {
  list: 'As a list, also an empty one',
  nothing: 'Not at all',
  elsewhere: 'Too many to send',
};

const group = z.string().trim().max(100);
const changeForm = z.object({
  name: z.string().trim().max(200),
  groups: z.union([group.transform((one) => [one]), z.array(group)]).default([]),
  another: group,
  way: z.enum(waysOfSending),
  left: z.literal('yes').optional(),
});

/** Where whoever tries Outlay out changes what the provider says of its people. */
export function peoplePages(directory: Directory, issuer: string, appBaseUrl: string): Router {
  const router = express.Router();
  router.use(sameOriginOnly(issuer, []));

  router.get('/', (req, res) => {
    const people = directory.list();
    const groups = [...new Set(people.flatMap((person) => person.groups))].toSorted();
    const model = { people: people.map((person) => toModel(person, groups, req.query['saved'])), appBaseUrl };
    res.send(framed(peoplePage(model), 'What this provider says of people'));
  });

  router.post('/:subject', express.urlencoded({ extended: false, limit: '16kb' }), (req, res) => {
    const person = directory.find(req.params['subject']);
    if (person === undefined) throw new Problem('not-found', 'This provider knows nobody of that name.');
    const form = changeForm.safeParse(req.body);
    if (!form.success) throw new Problem('invalid', 'Something in the form is too long, or is missing. Nothing was changed.');
    const { name, groups, another, way, left } = form.data;
    const { subject } = person;
    directory.tell(subject, { name: name === '' ? undefined : name });
    directory.tellGroups(subject, [...new Set([...groups, another])].filter((one) => one !== '').toSorted(), way);
    directory.leave(subject, left === 'yes');
    const saved = encodeURIComponent(subject);
    res.redirect(303, `/people?saved=${saved}#${saved}`);
  });

  router.use(((error: unknown, _req, res, next) => {
    const status = error instanceof Problem ? statusOf[error.kind] : (error as { status?: unknown } | undefined)?.status;
    if (typeof status !== 'number' || status < 400 || status > 499) return next(error);
    const sentence = error instanceof Problem ? error.message : 'This form could not be read. Nothing was changed.';
    const way = { href: '/people', label: 'Back to the people' };
    return res.status(status).send(notice({ heading: 'That did not work', sentence, way }));
  }) satisfies ErrorRequestHandler);
  return router;
}

function toModel(person: Listed, groups: readonly string[], saved: unknown): PersonModel {
  const { subject, claims, hasLeft } = person;
  return {
    subject,
    action: `/people/${encodeURIComponent(subject)}`,
    heading: nameOf(claims),
    email: claims.email ?? 'without an e-mail address',
    name: claims.name ?? '',
    groups: groups.map((name) => ({ value: name, label: name, checked: person.groups.includes(name) })),
    ways: waysOfSending.map((way) => ({ value: way, label: labels[way], checked: way === wayOfSending(claims) })),
    hasLeft,
    isSaved: saved === subject,
  };
}
