/** Waits until `fact` holds, looking again and again; fails with what it waited for after the deadline. */
export async function until(what: () => string, fact: () => boolean, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  while (!fact()) {
    if (performance.now() > end) throw new Error(`Waited ${ms} ms in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
