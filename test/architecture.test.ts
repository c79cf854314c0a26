import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

/**
 * Who may import whom. A room is a folder below src (or a single file there); the value lists the rooms, files and
 * packages that it may import. To allow an import, change this table and say why in the commit.
 */
const rooms: Record<string, readonly string[]> = {
  // Checking documents that people write: YAML with its places, JSON Schema.
  util: ["yaml", "ajv"],
  station: ["util", "xstate"],
  ocpp: ["station", "util", "ws", "ajv", "ajv-formats", "ajv-draft-04", "ocpp-rpc", "typed-ocpp", "node:*"],
  drivers: [
    "station",
    "util",
    "serialport",
    "@serialport/parser-readline",
    "nfc-pcsc",
    // The reader that scripts POST to.
    "hono",
    "@hono/node-server",
    "yaml",
    "ajv",
    "ajv-formats",
    "node:*",
  ],
  store: ["station", "util", "@photostructure/sqlite", "node:*"],
  journal: ["station", "store", "util", "node:*"],
  central: [
    "ocpp/rpc",
    "ocpp/schemas.ts",
    "security",
    "station/facts.ts",
    "station/types.ts",
    "store",
    "journal",
    "util",
    "ws",
    "hono",
    "@hono/node-server",
    "node:*",
  ],
  // X.509, keys and signatures behind the station's ports.
  security: ["station", "util", "@peculiar/x509", "reflect-metadata", "node:*"],
  // Files to and from other machines (firmware, diagnostics, logs) behind the station's ports.
  transfer: ["station", "util", "basic-ftp", "node:*"],
  // A log said again to another central system: the wire without a station.
  replay: ["ocpp/rpc", "ocpp/schemas.ts", "ocpp/directions.ts", "station/facts.ts", "util", "node:*"],
  scenario: ["station", "journal", "util", "yaml", "ajv", "csv-parse", "node:*"],
  report: [
    "scenario/types.ts",
    "scenario/cell.ts",
    "scenario/problems-by-file.ts",
    "journal",
    "station/facts.ts",
    "store/directory.ts",
    "store/whole-file.ts",
    "util",
    "junit-report-builder",
    "@clack/prompts",
    "picocolors",
    "node:*",
  ],
  app: ["*"],
  cli: [
    "app",
    "replay",
    "scenario/types.ts",
    // How steps are written, for a person at the terminal.
    "scenario/reference.ts",
    "scenario/section.ts",
    "@clack/prompts",
    "clipboardy",
    "csv-parse",
    "csv-stringify",
    "report",
    "util",
    "journal",
    "central",
    "drivers",
    "station",
    "store/directory.ts",
    "ocpp/rpc",
    "yargs",
    "picocolors",
    "yaml",
    "node:*",
  ],
  tools: [
    "drivers",
    "scenario/schema.ts",
    "scenario/reference.ts",
    "scenario/section.ts",
    "util",
    "app",
    "ocpp",
    "station",
    "node:*",
  ],
  "main.ts": ["cli", "util", "node:*"],
  "index.ts": ["app", "central", "journal", "scenario/types.ts", "station", "util"],
};

/** ocpp and drivers never meet. */
const src = resolve(import.meta.dirname, "../src");

interface Import {
  readonly file: string;
  readonly target: string;
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((e) => e.isFile() && e.name.endsWith(".ts"))
    .map((e) => join(e.parentPath, e.name));
}

function importsOf(path: string): Import[] {
  const file = relative(src, path);
  const text = readFileSync(path, "utf8");
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^"']*?from\s+"([^"]+)"|import\(\s*"([^"]+)"\s*\)|(?:^|\n)import\s+"([^"]+)"/g,
  );
  return Array.from(found, (m) => m[1] ?? m[2] ?? m[3] ?? "").map((target) => ({
    file,
    target: target.startsWith(".") ? relative(src, join(dirname(path), target)) : target,
  }));
}

/** What is still there when types are gone; files of ours with their whole path. */
function runtimeImportsOf(path: string): { readonly target: string }[] {
  const text = readFileSync(path, "utf8");
  const found = text.matchAll(/(?:^|\n)(?:import|export)\s(?!type\b)[^"']*?from\s+"([^"]+)"/g);
  return Array.from(found, ([, target = ""]) => ({
    target: target.startsWith(".") ? resolve(dirname(path), target) : target,
  }));
}

const all = files(src).flatMap(importsOf);
const roomOf = (file: string) => file.split("/")[0] ?? file;

function isAllowed(room: string, target: string): boolean {
  if (roomOf(target) === room) return true;
  return (rooms[room] ?? []).some((rule) => {
    if (rule === "*") return true;
    if (rule.endsWith("*")) return target.startsWith(rule.slice(0, -1));
    return target === rule || target.startsWith(`${rule}/`);
  });
}

describe("the house's walls", () => {
  it("every room stands in the table of test/architecture.test.ts", () => {
    expect(
      [...new Set(files(src).map((f) => roomOf(relative(src, f))))].filter((room) => !(room in rooms)),
    ).toEqual([]);
  });

  it("nobody imports what its room may not (the table stands in test/architecture.test.ts)", () => {
    const wrong = all
      .filter((i) => !isAllowed(roomOf(i.file), i.target))
      .map((i) => `${i.file} imports ${i.target}`);
    expect(wrong).toEqual([]);
  });

  it("pages read what a report is made of, and nothing that runs on Node only", () => {
    const web = resolve(src, "../web");
    const pages = readdirSync(web, { withFileTypes: true, recursive: true })
      .filter((e) => e.isFile() && /\.tsx?$/.test(e.name) && e.name !== "vite.config.ts")
      .map((e) => join(e.parentPath, e.name));
    const open = [...pages];
    const seen = new Set<string>();
    const wrong: string[] = [];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      for (const { target } of runtimeImportsOf(file)) {
        if (target.startsWith("node:") || target === "ws")
          wrong.push(`${relative(src, file)} imports ${target}`);
        else if (target.startsWith("/") && /\.tsx?$/.test(target)) open.push(target);
      }
    }
    expect(wrong).toEqual([]);
    expect(seen.size).toBeGreaterThan(pages.length);
  });

  it("native packages come in through await import() only, so that the program starts without them", () => {
    const native = /^import (?!type).*from "(?:serialport|@serialport\/.*|nfc-pcsc)"/m;
    const wrong = files(src).filter(
      (f) => native.test(readFileSync(f, "utf8")) && !f.endsWith("pcsc/child.ts"),
    );
    expect(wrong.map((f) => relative(src, f))).toEqual([]);
  });

  it("process.exit stands in main.ts and in child processes only", () => {
    const wrong = files(src).filter((f) => /process\.exit\(/.test(readFileSync(f, "utf8")));
    expect(
      wrong.map((f) => relative(src, f)).filter((f) => f !== "main.ts" && !f.endsWith("child.ts")),
    ).toEqual([]);
  });

  it("no import cycles", () => {
    const graph = new Map<string, string[]>();
    for (const { file, target } of all) graph.set(file, [...(graph.get(file) ?? []), target]);
    const cycles: string[] = [];
    const done = new Set<string>();
    const walk = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        cycles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
        return;
      }
      if (done.has(file)) return;
      for (const next of graph.get(file) ?? []) walk(next, [...path, file]);
      done.add(file);
    };
    for (const file of graph.keys()) walk(file, []);
    expect(cycles).toEqual([]);
  });
});
