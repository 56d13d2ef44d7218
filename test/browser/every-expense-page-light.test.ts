import { expenses } from './expense-shots.ts';
import { describeEveryPage } from './looking.ts';

describeEveryPage('expenses', 'light', expenses, { sample: false });
