import { administration } from './administration-shots.ts';
import { describeEveryPage } from './looking.ts';

describeEveryPage('the administration', 'light', administration, { sample: false });
