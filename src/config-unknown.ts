import { closestMatch } from 'leven';
import { secretSettings, settings } from './config-settings.ts';

const known = [...Object.keys(settings.shape), ...secretSettings.map((name) => `${name}_FILE`)];
/** By how many letters a name may be another one and still mean it; where it is short, that is soon another word. */
const mistypedBy = (name: string) => (name.length < 8 ? 1 : 2);

/**
 * What looks like a setting of Outlay's and is none: a misspelt provider, for one, would start the demonstration instead, without a word.
 * Other programs may have such names, so it is no mistake.
 * @returns a sentence for each.
 */
export function listUnknown(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    if (known.includes(name)) return [];
    const meant = meantBy(name);
    if (meant === undefined && !/^(OIDC|OKTA)_/.test(name)) return [];
    return [`${name} is no setting of Outlay's and is not read${meant === undefined ? '.' : `; is it ${meant} that you mean?`}`];
  });
}

/** Letters are counted only where two names begin or end alike: to count them for all, at each start, would be felt there. */
function meantBy(name: string): string | undefined {
  const [head, tail] = [name.slice(0, 3), name.slice(-3)];
  const alike = known.filter((one) => one.startsWith(head) || one.endsWith(tail));
  return closestMatch(name, alike, { maxDistance: mistypedBy(name) });
}
