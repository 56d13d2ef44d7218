import { type FigureId, figures } from './speed/figures.ts';
import { measureGrowth } from './speed/growth-work.ts';
import { installPeers } from './speed/install.ts';
import { quick } from './speed/plan.ts';
import { readLastFigures } from './speed/last-figures.ts';
import { measureTeamPage } from './speed/request-work.ts';
import { measureSignIns } from './speed/sign-in-work.ts';
import { openStage } from './speed/stage.ts';
import { measureStart } from './speed/start-work.ts';
import { peers } from './speed/subjects.ts';
import { startSubjects } from './speed/subjects-on-stage.ts';

/*
 * `npm run check:speed`: whether anything has become grossly slower, in about two minutes. What is compared are ratios within this run, so
 * the machine does not matter much; each may be three times what `npm run bench` last wrote, which noise does not reach.
 */

const GENEROUS = 3;
const plan = { ...quick, rows: 20_000, signIns: 20 };

installPeers();
await using stage = await openStage();
await using subjects = await startSubjects(
  stage,
  plan,
  peers.filter(({ id }) => id === 'tutorial'),
);
const found = [
  await measureTeamPage(stage, plan, subjects),
  await measureSignIns(stage, plan, subjects),
  await measureStart(stage, plan, subjects.answer),
  await measureGrowth(stage, plan),
];
const last = readLastFigures();
for (const [id, value] of found.flatMap((part) => Object.entries(part.figures)) as [FigureId, number][]) {
  const { what, must } = figures[id];
  const most = GENEROUS * (last[id] ?? must);
  const tooMuch = !(value <= most);
  if (tooMuch) process.exitCode = 1;
  console.log(`${tooMuch ? 'TOO MUCH' : 'fine    '} ${value.toFixed(2).padStart(8)} (at most ${most.toFixed(2)})  ${what}`);
}
