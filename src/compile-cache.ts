import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Keeps what Node compiles for the next start, beside the packages, where whoever installs may write and nobody else: without it a start
 * reads and compiles all of it anew.
 */
export function keepCompiled(): void {
  enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/outlay', import.meta.url)));
}
