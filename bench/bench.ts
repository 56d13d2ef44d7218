import { parseArgs } from 'node:util';
import { measureGrowth } from './speed/growth-work.ts';
import { installPeers } from './speed/install.ts';
import { writeLastFigures } from './speed/last-figures.ts';
import { measureMemory } from './speed/memory-work.ts';
import type { Found } from './speed/outcome.ts';
import { full, type Plan, quick } from './speed/plan.ts';
import { measureProcesses } from './speed/processes-work.ts';
import { describe, figuresOf, writeIntoDocs } from './speed/report.ts';
import { measureLists, measureOtherPages, measureTeamPage } from './speed/request-work.ts';
import { measureSignIns } from './speed/sign-in-work.ts';
import { openStage, type Stage } from './speed/stage.ts';
import { measureStart } from './speed/start-work.ts';
import { startSubjects } from './speed/subjects-on-stage.ts';
import { peers } from './speed/subjects.ts';
import { describeSurroundings } from './speed/surroundings.ts';

/*
 * `npm run bench`: what Outlay costs beside bare servers, a tutorial's application and the packages that people would pick; its tables go
 * into docs/performance.md. `-- --quick` takes two minutes and says roughly where things are, without writing (unless with `--write`);
 * `-- --no-growth` leaves out the team of ten million, which takes longest to fill.
 */

const { values: asked } = parseArgs({
  options: { quick: { type: 'boolean' }, 'no-growth': { type: 'boolean' }, write: { type: 'boolean' } },
});
const plan: Plan = { ...(asked.quick === true ? quick : full), ...(asked['no-growth'] === true && { growth: undefined }) };

const began = performance.now();
installPeers();
await using stage = await openStage();
const found = [...(await measureBesideOthers(stage)), await measureMemory(stage, plan), await measureGrowth(stage, plan)];
const minutes = (performance.now() - began) / 60_000;
const figures = figuresOf(found);
const text = describe(found, figures, await describeSurroundings(plan, stage.postgresUrl, minutes));
console.log(text);
if (asked.quick !== true || asked.write === true) {
  writeIntoDocs(text);
  writeLastFigures(figures);
}

async function measureBesideOthers(on: Stage): Promise<Found[]> {
  say('Filling the databases and starting everything');
  await using subjects = await startSubjects(on, plan, peers);
  say('Pages');
  const page = await measureTeamPage(on, plan, subjects);
  const tables = [await measureOtherPages(on, plan, subjects), await measureLists(on, plan, subjects)];
  say('Sign-ins');
  const signIns = await measureSignIns(on, plan, subjects);
  say('Several processes');
  const processes = await measureProcesses(on, plan, subjects);
  const start = await measureStart(on, plan, subjects.answer);
  for (const { label, why } of subjects.leftOut) tables.push({ title: `Left out: ${label}`, about: why, columns: [], rows: [] });
  return [page, { tables, figures: {} }, signIns, processes, start];
}

/** What is going on, for whoever waits. */
function say(what: string): void {
  console.error(`${((performance.now() - began) / 1_000).toFixed(0).padStart(5)} s  ${what}`);
}
