import { expenses } from './expense-shots.ts';
import { describeEveryPage } from './looking.ts';

describeEveryPage('expenses', 'dark', expenses, { sample: false });
