import type { Viewer } from '../people/viewer.ts';

/** Who does something, when, and in which request. */
export interface Doing {
  readonly viewer: Viewer;
  readonly at: Date;
  readonly reference: string;
}
