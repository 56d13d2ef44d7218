/*
 * Loaded before a program (`node --expose-gc --import`), so that it tells what memory it has when it is asked: after collecting what
 * nobody holds any more.
 */

process.on('message', (asked) => {
  if (asked !== 'memory') return;
  // Twice, because what has a finaliser is given back with the second.
  global.gc?.();
  global.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send?.({ rss, live: heapUsed + external });
});
// Being asked is nothing to stay for.
process.channel?.unref();
