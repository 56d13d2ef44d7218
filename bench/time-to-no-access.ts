import { HttpBrowser } from '../test/http-browser.ts';
import { startTwoOutlays } from '../test/two-outlays.ts';

/*
 * `npm run bench:logout`: how long after the provider says that somebody is out they are out. Two real processes over one
 * PostgreSQL; the provider tells one, and the other is asked for a page again and again until it refuses. Milliseconds from
 * the provider's request to the first refusal, 100 times.
 */

const ROUNDS = 100;

await using two = await startTwoOutlays();
const [first, second] = two.addresses;
const times: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const sid = `sid-${round}`;
  two.provider.behaviour = { claims: (claims) => ({ ...claims, sid }) };
  const browser = new HttpBrowser();
  await browser.follow(`${first}/login`);
  const page = async () => (await browser.ask(`${second}/profile`)).status;
  if ((await page()) !== 200) throw new Error('Nobody was signed in');
  const body = new URLSearchParams({ logout_token: two.provider.makeLogoutToken({ claims: { sid } }) });
  const began = performance.now();
  const told = fetch(`${first}/logout/backchannel`, { method: 'POST', body });
  while ((await page()) === 200);
  times.push(performance.now() - began);
  if ((await told).status !== 200) throw new Error('The logout was refused');
}
const sorted = times.toSorted((a, b) => a - b);
const at = (share: number) => `${(sorted[Math.ceil(share * ROUNDS) - 1] ?? Number.NaN).toFixed(1)} ms`;
console.log(
  `From the provider's word to the first refusal, ${ROUNDS} times: median ${at(0.5)}, 95 % ${at(0.95)}, worst ${at(1)}`,
);
