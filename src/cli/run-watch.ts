import { type FSWatcher, statSync, watch } from "node:fs";
import { dirname, resolve } from "node:path";

/** Editors write a file in several steps: what comes within this is one change, ms. */
const TOGETHER_MS = 100;

/** Resolves after the next change to a scenario (or a file beside it) below these paths, or when it is called off. */
export function changed(paths: readonly string[], cwd: string, signal: AbortSignal): Promise<void> {
  const folders = new Set(
    paths.map((path) => {
      const full = resolve(cwd, path);
      return statSync(full, { throwIfNoEntry: false })?.isDirectory() === true ? full : dirname(full);
    }),
  );
  return new Promise((done) => {
    let timer: NodeJS.Timeout | undefined;
    const watchers: FSWatcher[] = [];
    const end = () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      signal.removeEventListener("abort", end);
      done();
    };
    signal.addEventListener("abort", end);
    for (const folder of folders) {
      const watcher = watch(folder, { recursive: true }, (_, name) => {
        if (name !== null && /\.(ya?ml|csv)$/.test(name)) timer ??= setTimeout(end, TOGETHER_MS);
      });
      watcher.on("error", end);
      watchers.push(watcher);
    }
    if (signal.aborted) end();
  });
}
