import { describeEveryPage } from './looking.ts';
import { hardCases, journey } from './shots.ts';

describeEveryPage('the sample organisation', 'dark', journey('Hannah Smith'), { sample: true });
describeEveryPage('the hard cases', 'dark', hardCases, { sample: false });
