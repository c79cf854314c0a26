import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStationStore } from "../../src/store/station-store.ts";
import { tokenEntry } from "../contracts/store.ts";
import { appErrorOf, drain, endProcesses, scratch, startProcess } from "./support.ts";

const script = fileURLToPath(new URL("./station-process.mjs", import.meta.url));

interface Said {
  list: number;
  queued: Set<number>;
  dropping: Set<number>;
  dropped: Set<number>;
  cached: number;
}

const hear: Record<string, (said: Said, n: number) => void> = {
  list: (said, n) => {
    said.list = n;
  },
  queued: (said, n) => said.queued.add(n),
  drop: (said, n) => said.dropping.add(n),
  dropped: (said, n) => said.dropped.add(n),
  cached: (said, n) => {
    said.cached = n;
  },
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Compares what the process had been promised with what is there. */
function expectKept(path: string, said: Said): void {
  const store = openStationStore(path);
  try {
    const version = store.list.version();
    expect(version).toBeGreaterThanOrEqual(said.list);
    expect(version).toBeLessThanOrEqual(said.list + 1);
    const list = store.list.entries();
    expect(list).toHaveLength(version === 0 ? 0 : 100 + (version % 50));
    expect(list.every((e) => e.info.personalMessage === String(version))).toBe(true);
    expect(store.cache.size()).toBeGreaterThanOrEqual(said.cached + 1);

    const newest = Math.max(0, ...said.queued);
    const stored = store.values.get("newest") ?? 0;
    expect([newest, newest + 1]).toContain(stored);
    const waiting = new Set<number>();
    store.atomically(() => {
      for (let m = store.queue.head(); m !== undefined; m = store.queue.head()) {
        waiting.add(m.id);
        store.queue.delete(m.id);
      }
    });
    for (const id of said.queued) if (!said.dropping.has(id)) expect(waiting).toContain(id);
    for (const id of said.dropped) expect(waiting).not.toContain(id);
    for (const id of waiting) said.dropped.add(id);
    said.list = version;
    said.cached = store.cache.size() - 1;
    said.queued = new Set(stored === 0 ? [] : [Number(stored)]);
    said.dropping = new Set(said.queued);
  } finally {
    store.close();
  }
}

describe("a station's store", () => {
  let place: ReturnType<typeof scratch>;
  beforeEach(() => {
    place = scratch();
  });
  afterEach(() => {
    endProcesses();
    place.remove();
  });

  it("keeps what it promised through kill -9 at any instant", { timeout: 120_000 }, async () => {
    const path = place.path("station.db");
    const said: Said = { list: 0, queued: new Set(), dropping: new Set(), dropped: new Set(), cached: -1 };
    for (let round = 0; round < 40; round++) {
      const { child, lines } = startProcess(script, ["work", path]);
      let left = 1 + Math.floor(Math.random() * 20);
      for await (const line of lines) {
        const [what = "", n] = line.split(" ");
        hear[what]?.(said, Number(n));
        if (--left > 0) continue;
        for (let turns = Math.random() * 200; turns > 0; turns--) await turn();
        child.kill("SIGKILL");
      }
      expectKept(path, said);
    }
    expect(said.list).toBeGreaterThan(40);
  });

  it("belongs to one process, and is free as soon as that one is killed", async () => {
    const path = place.path("station.db");
    const { child, lines } = startProcess(script, ["hold", path]);
    expect((await lines.next()).value).toBe("holding");
    const error = appErrorOf(() => openStationStore(path));
    expect(error).toMatchObject({ code: "store.locked", hint: expect.stringContaining("other station") });
    expect(error.message).toContain(path);
    child.kill("SIGKILL");
    await drain(lines);
    openStationStore(path).close();
  });

  it("says so when the disk takes no more, and keeps what it had", async () => {
    const path = place.path("station.db");
    const store = openStationStore(path);
    store.list.update({ full: true, version: 1, put: [tokenEntry("A")], remove: [] });
    store.close();
    const { lines } = startProcess(script, ["fill", path], "ulimit -f 400");
    expect(await drain(lines)).toEqual(["store.writeFailed 1 1"]);
    const again = openStationStore(path);
    expect([again.list.version(), again.list.get("ISO14443:A")]).toEqual([1, tokenEntry("A")]);
    again.close();
  });
});
