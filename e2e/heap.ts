import type { Page } from '@playwright/test';

/**
 * How often a text occurs in everything that the page's scripts hold, after a garbage collection: variables, closures,
 * caches, texts of elements that nobody shows any more. The snapshot has the first 1,024 characters of each string.
 */
export async function countInHeap(page: Page, text: string): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  devtools.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await devtools.send('HeapProfiler.enable');
  await devtools.send('HeapProfiler.collectGarbage');
  await devtools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await devtools.detach();
  return chunks.join('').split(text).length - 1;
}
