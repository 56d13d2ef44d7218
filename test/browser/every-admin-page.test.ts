import { administration } from './administration-shots.ts';
import { describeEveryPage } from './looking.ts';

describeEveryPage('the administration', administration, { sample: false });
