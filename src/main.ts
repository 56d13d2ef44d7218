import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Kept beside the packages, where whoever installs may write and nobody else: without it a start reads and compiles all of it anew. Before
// the program is loaded, and so here by itself.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/outlay', import.meta.url)));
await import('./program.ts');
