import { keepCompiled } from './compile-cache.ts';

// Before the program is loaded, and so here by itself.
keepCompiled();
const { runOutlay } = await import('./program.ts');
const { environment } = await import('./environment.ts');
await runOutlay({ settings: environment });
