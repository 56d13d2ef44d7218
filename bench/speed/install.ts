import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { benchFile } from './subjects.ts';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

/** Installs what Outlay is measured against, unless those very versions are there. */
export function installPeers(): void {
  const [wanted, installed] = [benchFile('package-lock.json'), benchFile('node_modules/.package-lock.json')];
  const read = (file: string) => (JSON.parse(readFileSync(file, 'utf8')) as Lock).packages;
  if (existsSync(installed)) {
    const there = read(installed);
    if (Object.entries(read(wanted)).every(([path, { version }]) => path === '' || there[path]?.version === version)) return;
  }
  console.error('Installing what Outlay is measured against');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: benchFile(''), stdio: 'inherit' });
}
