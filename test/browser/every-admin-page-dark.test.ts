import { administration } from './administration-shots.ts';
import { describeEveryPage } from './looking.ts';

describeEveryPage('the administration', 'dark', administration, { sample: false });
