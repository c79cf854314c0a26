import { type FSWatcher, statSync, watch } from "node:fs";
import { dirname, resolve } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { AppError } from "../util/errors.ts";
import type { Io } from "./io.ts";

/** Editors write a file in several steps: what comes within this is one change, ms. */
const TOGETHER_MS = 100;

/**
 * Resolves after the next change to a scenario (or a file beside it) below these paths, or when it is called off.
 * @throws AppError `usage` where there is no folder to be watched
 */
export function changed(paths: readonly string[], cwd: string, signal: AbortSignal): Promise<void> {
  const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const folders = new Set(
    paths.map((path) => {
      const full = resolve(cwd, path);
      const folder = isFolder(full) ? full : dirname(full);
      if (isFolder(folder)) return folder;
      throw new AppError("usage", `${path} cannot be watched: there is no folder ${dirname(path)}`, {
        hint: "Give files or folders of scenarios, for example: tapstation run scenarios/ --watch",
      });
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

/** What a person may want while a change is waited for; Ctrl-C stops the program. */
export type Wish = "all" | "failed" | "quit";

const WISHES: Readonly<Record<string, Wish>> = { "\r": "all", "\n": "all", a: "all", f: "failed", q: "quit" };

/** Is there a keyboard whose keys come one by one? */
export const hasKeys = ({ stdin }: Pick<Io, "stdin">): boolean =>
  stdin.isTTY === true && stdin.setRawMode !== undefined;

/** The next wish that is typed at the terminal; undefined when it is called off. */
export function wished(io: Io, signal: AbortSignal): Promise<Wish | undefined> {
  const { stdin } = io;
  return new Promise((done) => {
    const text = new StringDecoder();
    const end = (wish?: Wish): void => {
      stdin.off("data", hear);
      signal.removeEventListener("abort", off);
      stdin.setRawMode?.(false);
      stdin.pause();
      done(wish);
    };
    const off = (): void => end();
    const hear = (bytes: Buffer): void => {
      const keys = [...text.write(bytes).toLowerCase()];
      if (keys.includes("\x03")) io.stop("SIGINT");
      const key = keys.find((k) => Object.hasOwn(WISHES, k));
      if (key !== undefined) end(WISHES[key]);
    };
    signal.addEventListener("abort", off);
    if (signal.aborted) return end();
    stdin.setRawMode?.(true);
    stdin.on("data", hear);
    stdin.resume();
  });
}
