import type { Database, GroupsState } from '../database/schema.ts';
import { fromColumns } from '../rights/claims.ts';
import { canHaveAdmin } from '../rights/rule-book.ts';
import { type AdminSettings, normalizeEmail } from '../rights/rules.ts';
import { type Finding, good, shown, weak, wrong } from './finding.ts';
import { recogniseProvider, whereIs } from './providers.ts';

export interface PeopleToExamine {
  readonly admin: AdminSettings;
  readonly issuer: string;
}

/** Of how many people, those who signed in last, the claims are looked at. */
const RECENT = 50;

/** Somebody who signed in, as far as it matters here: nobody's name or address. */
interface Recent {
  readonly emailVerified: boolean;
  readonly groups: GroupsState;
  /** By path. */
  readonly claims: ReadonlySet<string>;
}

/** What the last sign-ins brought, against what rules and settings are about; and whether anybody can be an admin. */
export async function examinePeople(db: Database, { admin, issuer }: PeopleToExamine): Promise<Finding[]> {
  const rows = await db
    .selectFrom('person')
    .select(['email_verified', 'claims', 'groups_state', 'groups_told_at'])
    .where('issuer', '=', issuer)
    .orderBy('signed_in_at', 'desc')
    .limit(RECENT)
    .execute();
  const recent = rows.map((row) => ({
    emailVerified: row.email_verified === 1,
    groups: row.groups_state,
    claims: new Set(fromColumns(row).values.keys()),
  }));
  const rules = await db.selectFrom('rule').select('claim').distinct().execute();
  const wanted = new Set(rules.map(({ claim }) => claim));
  if (admin.group !== undefined) wanted.add(admin.groupsClaim);
  if (admin.email !== undefined) wanted.add('email');
  const elsewhere = recent.length > 0 ? undefined : await findOtherIssuer(db, issuer);
  return [
    ...(await examineAdmin(db, admin, issuer)),
    ...(elsewhere === undefined ? judgeClaims(recent, wanted, admin.groupsClaim, issuer) : [judgeOtherIssuer(elsewhere)]),
  ];
}

async function findOtherIssuer(db: Database, issuer: string): Promise<string | undefined> {
  const row = await db.selectFrom('person').select('issuer').where('issuer', '!=', issuer).limit(1).executeTakeFirst();
  return row?.issuer;
}

function judgeOtherIssuer(other: string): Finding {
  return weak('other-issuer', `Everybody who has signed in so far came from another issuer, "${shown(other)}".`, {
    why: 'People are known by issuer and subject: under the new one everybody is somebody new, without what was given to them by hand.',
    say: 'If the provider is the same and only its spelling has changed, go back to the old one.',
    paste: `OIDC_ISSUER=${shown(other)}`,
  });
}

/** @param wanted the claims that rules and settings are about. */
export function judgeClaims(
  recent: readonly Recent[],
  wanted: ReadonlySet<string>,
  groupsClaim: string,
  issuer: string,
): Finding[] {
  const [first] = recent;
  if (first === undefined) return [good('claims', 'Nobody has signed in yet, so nothing is known of their claims.')];
  const ofPeople = ['email', 'email_domain', groupsClaim];
  const unknown = [...wanted].filter((claim) => !ofPeople.includes(claim) && !recent.some(({ claims }) => claims.has(claim)));
  return [
    ...judgeGroups(recent, wanted.has(groupsClaim), groupsClaim, issuer),
    ...judgeAddresses(recent, wanted.has('email') || wanted.has('email_domain'), issuer),
    ...unknown.map((claim) =>
      weak('claim-unknown', `A rule is about the claim "${shown(claim)}", which none of the last ${recent.length} people had.`, {
        why: 'The provider does not send it, or by another name; the rule gives nothing to anybody.',
        say: 'Have it put into the ID Token or UserInfo, or correct the rule. What came stands on each person’s page.',
        paste: claim,
      }),
    ),
  ];
}

function judgeGroups(recent: readonly Recent[], wanted: boolean, claim: string, issuer: string): Finding[] {
  const count = (state: GroupsState) => recent.filter(({ groups }) => groups === state).length;
  const name = recogniseProvider(issuer);
  const of = `of the last ${recent.length} people`;
  if (count('overflowing') > 0) {
    return [
      weak('groups-overflowing', `${count('overflowing')} ${of} had more groups than the provider sends.`, {
        why: 'It then names none and points elsewhere; those it named last still count, and nobody gets new rights by groups.',
        say: 'Have it send only groups that Outlay has rules about.',
        where: whereIs('fewerGroups', name),
      }),
    ];
  }
  if (!wanted) return [good('groups', `No rule is about "${shown(claim)}".`, `${count('present')} ${of} had groups.`)];
  const none = count('absent') + count('empty');
  if (none < recent.length) return [good('groups', `${count('present')} ${of} had groups, in the claim "${shown(claim)}".`)];
  const told = {
    why:
      count('absent') === recent.length
        ? `The claim "${shown(claim)}" was not in the ID Token and not at UserInfo. Rules and ADMIN_GROUP are about it, and give nothing to anybody.`
        : `The claim "${shown(claim)}" came without a group in it: a filter at the provider lets none through, or nobody is in one.`,
    say: 'Have the provider send groups to this application, or name the claim in which it does.',
    paste: `OIDC_GROUPS_CLAIM=${shown(claim)}`,
    where: whereIs('groups', name),
  };
  return [wrong(count('absent') === recent.length ? 'groups-absent' : 'groups-empty', `None ${of} had groups.`, told)];
}

function judgeAddresses(recent: readonly Recent[], wanted: boolean, issuer: string): Finding[] {
  const unverified = recent.filter(({ emailVerified }) => !emailVerified).length;
  if (unverified === 0) return [good('email', 'The provider calls people’s addresses verified.')];
  if (!wanted)
    return [
      good(
        'email',
        'No rule is about addresses.',
        `${unverified} of the last ${recent.length} people had none that is verified.`,
      ),
    ];
  const told = {
    why: 'An address that the provider does not call verified (email_verified) may be anybody’s, so rules about addresses and ADMIN_EMAIL do not count for it.',
    say: 'Have the provider verify addresses, or make rules over groups.',
    paste: 'ADMIN_GROUP=outlay-admins',
    where: whereIs('emailVerified', recogniseProvider(issuer)),
  };
  const what = `${unverified} of the last ${recent.length} people had no verified address.`;
  return [unverified === recent.length ? wrong('email-unverified', what, told) : weak('email-unverified', what, told)];
}

async function examineAdmin(db: Database, admin: AdminSettings, issuer: string): Promise<Finding[]> {
  if (!(await canHaveAdmin(db, admin))) return [noAdmin(issuer)];
  if (admin.email === undefined) return [good('admin', 'Somebody can be an admin.')];
  const row = await db
    .selectFrom('person')
    .select('email_verified')
    .where('email', '=', normalizeEmail(admin.email))
    .orderBy('email_verified', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row?.email_verified !== 0) return [good('admin', 'Somebody can be an admin.')];
  return [
    wrong('admin-unverified', 'Whoever ADMIN_EMAIL names has signed in, and is no admin.', {
      why: 'The provider does not call their address verified, so it may be anybody’s.',
      say: 'Have it verified there, or name a group instead.',
      paste: 'ADMIN_GROUP=outlay-admins',
      where: whereIs('emailVerified', recogniseProvider(issuer)),
    }),
  ];
}

export function noAdmin(issuer: string): Finding {
  return wrong('no-admin', 'Nobody can be an admin.', {
    why: 'No setting, rule or grant names one, so nobody can make teams and rules.',
    say: 'Name the first one: by an address that the provider calls verified, or by a group.',
    paste: recogniseProvider(issuer) === 'entra' ? 'ADMIN_GROUP={object ID of a group}' : 'ADMIN_EMAIL=you@example.com',
  });
}
