import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AuthorizationCache } from "../../../src/station/authorization/cache.ts";
import { type ListLimits, LocalAuthorizationList } from "../../../src/station/authorization/list.ts";
import type { ListUpdate } from "../../../src/station/ports.ts";
import type { AuthorizationStatus, IdToken } from "../../../src/station/types.ts";
import { memoryStore } from "../../../src/store/memory.ts";

const token = (idToken: string): IdToken => ({ idToken, type: "ISO14443" });
const limits: ListLimits = { enabled: true, entries: 5, itemsPerMessage: 4 };
const entry = (id: string, status?: AuthorizationStatus) => ({
  token: token(id),
  ...(status === undefined ? {} : { info: { status } }),
});
const full = (version: number, ...entries: ListUpdate["entries"]): ListUpdate => ({
  version,
  type: "Full",
  entries,
});
const diff = (version: number, ...entries: ListUpdate["entries"]): ListUpdate => ({
  version,
  type: "Differential",
  entries,
});

describe("Local Authorization List (1.6 §5.15, §6.41, §7.47; 2.0.1 D01)", () => {
  const start = full(5, entry("A", "Accepted"), entry("B", "Blocked"));
  const cases: readonly [string, ListUpdate, Partial<ListLimits>, string, number, string][] = [
    ["full replaces, also to a lower version", full(2, entry("C", "Accepted")), {}, "Accepted", 2, "C"],
    ["full and empty clears, and keeps the version", full(9), {}, "Accepted", 9, ""],
    ["full without idTokenInfo fails", full(9, entry("C")), {}, "Failed", 5, "AB"],
    [
      "differential adds and overwrites",
      diff(6, entry("C", "Accepted"), entry("a", "Blocked")),
      {},
      "Accepted",
      6,
      "BCa",
    ],
    ["differential without info deletes", diff(6, entry("A"), entry("X")), {}, "Accepted", 6, "B"],
    ["differential and empty only sets the version", diff(6), {}, "Accepted", 6, "AB"],
    ["differential of the same version", diff(5, entry("C", "Accepted")), {}, "VersionMismatch", 5, "AB"],
    ["differential of an older version", diff(4, entry("C", "Accepted")), {}, "VersionMismatch", 5, "AB"],
    ["a token twice, in different case", diff(6, entry("c", "Accepted"), entry("C")), {}, "Failed", 5, "AB"],
    ["version 0 must not be sent (errata 3.52)", full(0, entry("C", "Accepted")), {}, "Failed", 5, "AB"],
    ["version -1 must not be sent", full(-1), {}, "Failed", 5, "AB"],
    [
      "too many in one message",
      full(6, ...["C", "D", "E", "F", "G"].map((x) => entry(x, "Accepted"))),
      {},
      "Failed",
      5,
      "AB",
    ],
    ["too many in all", diff(6, entry("C", "Accepted")), { entries: 2 }, "Failed", 5, "AB"],
    [
      "one out, one in fits",
      diff(6, entry("A"), entry("C", "Accepted")),
      { entries: 2 },
      "Accepted",
      6,
      "BC",
    ],
    ["list switched off", full(6), { enabled: false }, "NotSupported", 5, "AB"],
  ];

  it.each(cases)("%s", (_name, update, more, status, version, ids) => {
    const store = memoryStore();
    const list = new LocalAuthorizationList(store.list);
    list.update(start, limits, 0);
    expect(list.update(update, { ...limits, ...more }, 0).status).toBe(status);
    expect(list.version).toBe(version);
    const got = store.list.entries().map((e) => e.token.idToken);
    expect(got.sort().join("")).toBe(ids);
  });

  it("a storage error is Failed, and nothing changes", () => {
    const store = memoryStore();
    const broken = {
      ...store.list,
      update: () => {
        throw new Error("disk full");
      },
    };
    expect(new LocalAuthorizationList(broken).update(start, limits, 0)).toEqual({
      status: "Failed",
      detail: "disk full",
    });
  });

  it("an entry past its time counts as Expired and stays as it is", () => {
    const store = memoryStore();
    const list = new LocalAuthorizationList(store.list);
    const info = { status: "Accepted", cacheExpiryDateTime: "2030-01-01T00:00:00Z" } as const;
    list.update({ version: 1, type: "Full", entries: [{ token: token("A"), info }] }, limits, 0);
    const at = Date.parse(info.cacheExpiryDateTime);
    expect(list.lookup(token("a"), at - 1)?.status).toBe("Accepted");
    expect(list.lookup(token("a"), at)?.status).toBe("Expired");
    expect(store.list.entries()[0]?.info).toEqual(info);
  });
});

describe("Authorization Cache (1.6 §3.5.1, 2.0.1 C10)", () => {
  it("keeps refusals too, and finds a token in any case", () => {
    const cache = new AuthorizationCache(memoryStore().cache, 10);
    cache.record(token("ab"), { status: "Blocked" }, 0);
    expect(cache.lookup(token("AB"), 0)?.status).toBe("Blocked");
    expect(cache.lookup({ idToken: "AB", type: "eMAID" }, 0)).toBeUndefined();
  });

  it("ends entries by LifeTime from their last update, or by their own time", () => {
    const cache = new AuthorizationCache(memoryStore().cache, 10);
    cache.record(token("A"), { status: "Accepted" }, 0);
    cache.record(token("B"), { status: "Accepted", cacheExpiryDateTime: "1970-01-01T00:01:00Z" }, 0);
    expect(cache.lookup(token("A"), 9_999, 10)?.status).toBe("Accepted");
    expect(cache.lookup(token("A"), 10_000, 10)?.status).toBe("Expired");
    expect(cache.lookup(token("B"), 30_000, 10)?.status).toBe("Accepted");
    expect(cache.lookup(token("B"), 60_000)?.status).toBe("Expired");
  });

  it("makes room: what is not valid first, then the oldest", () => {
    const cache = new AuthorizationCache(memoryStore().cache, 3);
    cache.record(token("A"), { status: "Accepted" }, 1);
    cache.record(token("B"), { status: "Blocked" }, 2);
    cache.record(token("C"), { status: "Accepted" }, 3);
    cache.record(token("D"), { status: "Accepted" }, 4);
    expect(cache.lookup(token("B"), 4)).toBeUndefined();
    cache.record(token("E"), { status: "Accepted" }, 5);
    expect(cache.lookup(token("A"), 5)).toBeUndefined();
    expect(cache.size).toBe(3);
  });

  it("never holds tokens that no card carries, and never outgrows its capacity", () => {
    const ids = fc.array(
      fc.tuple(fc.constantFrom("A", "B", "C", "D", "E"), fc.constantFrom("Accepted", "Blocked")),
    );
    fc.assert(
      fc.property(ids, (seen) => {
        const cache = new AuthorizationCache(memoryStore().cache, 3);
        seen.forEach(([id, status], i) => {
          cache.record(token(id), { status: status as "Accepted" }, i);
          cache.record({ idToken: id, type: "Central" }, { status: "Accepted" }, i);
        });
        expect(cache.size).toBeLessThanOrEqual(3);
        const last = seen.at(-1);
        if (last !== undefined) expect(cache.lookup(token(last[0]), 0)?.status).toBe(last[1]);
      }),
    );
  });
});
