import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AccountRule, bookingsBy } from './account-rules.ts';

function rule(team: string | null, category: string | null, account: string, centre = '', code = ''): AccountRule {
  const of = { scope: `${team ?? ''}/${category ?? ''}`, team_id: team, category_id: category };
  return { ...of, account, cost_centre: centre, tax_code: code, team_label: team, category_label: category };
}

describe('by what an expense is booked', () => {
  const rules = [
    rule(null, null, '4900', '1', 'V0'),
    rule('finance', null, '4100', '10'),
    rule(null, 'meals', '4650', '', 'V7'),
    rule('finance', 'meals', '4651'),
    rule('finance', 'travel', '', '', 'V19'),
  ];
  const booked = (team: string, category: string, known: readonly AccountRule[] = rules) =>
    Object.values(bookingsBy(known)(team, category));

  it('is said by the most exact rule: for both, for the category, for the team, for every one', () => {
    assert.deepEqual(booked('finance', 'meals'), ['4651', '10', 'V7']);
    assert.deepEqual(booked('marketing', 'meals'), ['4650', '1', 'V7']);
    assert.deepEqual(booked('finance', 'travel'), ['4100', '10', 'V19']);
    assert.deepEqual(booked('finance', 'office'), ['4100', '10', 'V0']);
    assert.deepEqual(booked('marketing', 'office'), ['4900', '1', 'V0']);
  });

  it('does not depend on the order of the rules, and is empty where none says it', () => {
    assert.deepEqual(booked('finance', 'meals', rules.toReversed()), ['4651', '10', 'V7']);
    assert.deepEqual(booked('finance', 'meals', []), ['', '', '']);
    assert.deepEqual(booked('finance', 'office', [rule('finance', 'meals', '1'), rule('marketing', null, '2')]), ['', '', '']);
  });
});
