import { expenses } from './expense-shots.ts';
import { describeEveryPage } from './looking.ts';

describeEveryPage('expenses', expenses, { sample: false });
