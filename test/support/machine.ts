import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Access, type Machine, thisMachine } from "../../src/drivers/readers/survey/machine.ts";

/** A machine of test/fixtures/machines, laid out in a folder. */
export class FakeMachine implements Machine {
  readonly root = mkdtempSync(join(tmpdir(), "tapstation-machine-"));
  readonly #real: Machine = thisMachine(this.root);
  readonly #owners = new Map<string, string>();
  readonly #groups = new Set<string>();
  readonly #late = new Set<string>();

  constructor(name: string) {
    const text = readFileSync(new URL(`../fixtures/machines/${name}.tree`, import.meta.url), "utf8");
    for (const line of text.split("\n")) this.#make(line);
  }

  text(path: string): Promise<string | undefined> {
    return this.#real.text(path);
  }
  names(folder: string): Promise<readonly string[]> {
    return this.#real.names(folder);
  }
  linkName(path: string): Promise<string | undefined> {
    return this.#real.linkName(path);
  }
  real(path: string): Promise<string | undefined> {
    return this.#real.real(path);
  }

  /** Device files cannot be made by everybody, nor belong to anybody: their rights stand in the fixture. */
  async access(path: string): Promise<Access> {
    const group = this.#owners.get(path);
    if (group === undefined) return { state: "absent" };
    if (this.#groups.has(group)) return { state: "ok" };
    return { state: "denied", group, member: this.#late.has(group) };
  }

  /** The device is gone, its name is not. */
  pull(path: string): void {
    this.#owners.delete(path);
  }

  dispose(): void {
    rmSync(this.root, { recursive: true });
  }

  #make(line: string): void {
    const [, kind, path = "", rest = ""] = /^([FLC]) (\S+) (.*)$/.exec(line) ?? [];
    if (line.startsWith("G ")) {
      for (const group of line.slice(2).split(" ")) {
        if (group.startsWith("+")) this.#late.add(group.slice(1));
        else this.#groups.add(group);
      }
    }
    if (kind === undefined) return;
    const at = join(this.root, path);
    mkdirSync(dirname(at), { recursive: true });
    if (kind === "L") symlinkSync(rest, at);
    else writeFileSync(at, kind === "F" ? rest.replaceAll("\\n", "\n") : "");
    if (kind === "C") this.#owners.set(path, rest.split(" ")[1] ?? "");
  }
}
