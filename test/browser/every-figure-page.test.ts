import { figures } from './figure-shots.ts';
import { describeEveryPage } from './looking.ts';

describeEveryPage('figures', figures, { sample: false });
