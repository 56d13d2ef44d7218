import { describeEveryPage } from './looking.ts';
import { hardCases, journey } from './shots.ts';

describeEveryPage('the sample organisation', journey('Hannah Smith'), { sample: true });
describeEveryPage('the hard cases', hardCases, { sample: false });
