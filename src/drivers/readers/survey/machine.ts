import { constants } from "node:fs";
import { access, readdir, readFile, readlink, realpath, stat } from "node:fs/promises";
import { join } from "node:path";

/** What stands in the way of opening a device. */
export type Access =
  | { readonly state: "ok" | "absent" }
  /** `member`: the user is in the group already, and only has to log in again. */
  | { readonly state: "denied"; readonly group?: string; readonly member?: boolean };

/** A machine as far as the survey looks at it; paths are absolute, and below `root` where there is one. */
export interface Machine {
  /** Text of a small file, trimmed; undefined when there is none. */
  text(path: string): Promise<string | undefined>;
  /** Names in a folder, sorted; none when it is not there. */
  names(folder: string): Promise<readonly string[]>;
  /** Last part of what a link leads to. */
  linkName(path: string): Promise<string | undefined>;
  /** The real path, without the root. */
  real(path: string): Promise<string | undefined>;
  access(path: string): Promise<Access>;
}

/** The machine that this runs on. `root`: instead of /; `user`: whose rights are asked for. */
export function thisMachine(root = "/"): Machine {
  const at = (path: string): string => join(root, path);
  const text = async (path: string): Promise<string | undefined> =>
    (await readFile(at(path), "utf8").catch(() => undefined))?.trim();
  return {
    text,
    names: async (folder) => (await readdir(at(folder)).catch(() => [])).sort(),
    linkName: async (path) => (await readlink(at(path)).catch(() => undefined))?.split("/").at(-1),
    real: async (path) => {
      const found = await realpath(at(path)).catch(() => undefined);
      if (found === undefined || root === "/") return found;
      return found.slice((await realpath(root)).length);
    },
    access: async (path) => {
      const there = await stat(at(path)).catch(() => undefined);
      if (there === undefined) return { state: "absent" };
      const may = await access(at(path), constants.R_OK | constants.W_OK).then(
        () => true,
        () => false,
      );
      if (may) return { state: "ok" };
      return { state: "denied", ...groupOf(await text("/etc/group"), there.gid, process.env.USER) };
    },
  };
}

/** The group of this id, and whether the user is in it: the session may be older than that. */
export function groupOf(
  groups: string | undefined,
  gid: number,
  user: string | undefined,
): { readonly group?: string; readonly member?: boolean } {
  const line = groups?.split("\n").find((one) => one.split(":")[2] === String(gid));
  const [group, , , members = ""] = line?.split(":") ?? [];
  if (group === undefined) return {};
  return { group, member: user !== undefined && members.split(",").includes(user) };
}
