import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dataFiles, defaultDataDir, ensureDataDir, safeName } from "../../src/app/paths.ts";

describe("the default data directory", () => {
  it.each([
    ["linux", {}, "/home/ann/.local/state/tapstation"],
    ["linux", { XDG_STATE_HOME: "/state" }, "/state/tapstation"],
    ["linux", { XDG_STATE_HOME: "relative" }, "/home/ann/.local/state/tapstation"],
    ["linux", { XDG_STATE_HOME: "" }, "/home/ann/.local/state/tapstation"],
    ["darwin", { XDG_STATE_HOME: "/state" }, "/home/ann/Library/Application Support/tapstation"],
    ["win32", { LOCALAPPDATA: "C:\\L" }, "C:\\L\\tapstation"],
  ] as const)("on %s with %j is %s", (platform, env, dir) => {
    expect(defaultDataDir({ platform, env, home: "/home/ann" })).toBe(dir);
  });
});

describe("file names of stations", () => {
  it("are plain for plain ids, and one for each id", () => {
    expect(dataFiles("/d").station("CP001")).toBe(path.join("/d", "stations", "CP001.db"));
    expect(safeName("cp001").toUpperCase()).not.toBe(safeName("CP001").toUpperCase());
    expect(safeName("CON")).not.toBe("CON");
  });

  it("never leave the directory, nor differ by case alone", () => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (id) => {
        const name = safeName(id);
        expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
        const other = seen.get(name.toLowerCase());
        expect(other === undefined || other === id).toBe(true);
        seen.set(name.toLowerCase(), id);
      }),
    );
  });
});

describe("ensureDataDir", () => {
  it("makes the directories for their owner only", () => {
    const dir = path.join(mkdtempSync(path.join(tmpdir(), "tapstation-")), "deep", "data");
    const files = ensureDataDir(dir);
    expect(statSync(path.dirname(files.station("X"))).isDirectory()).toBe(true);
    expect(statSync(dir).mode & 0o077).toBe(0);
  });

  it("says where and what to do when it cannot", () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), "tapstation-")), "file");
    writeFileSync(file, "");
    expect(() => ensureDataDir(path.join(file, "data"))).toThrow(
      expect.objectContaining({ code: "store.unreadable", message: expect.stringContaining(file) }),
    );
  });
});
