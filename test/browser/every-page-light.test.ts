import { describeEveryPage } from './looking.ts';
import { hardCases, journey } from './shots.ts';

describeEveryPage('the sample organisation', 'light', journey('Hannah Smith'), { sample: true });
describeEveryPage('the hard cases', 'light', hardCases, { sample: false });
