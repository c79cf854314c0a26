import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tokenKey } from "../../src/station/card.ts";
import type { Store, StoredToken } from "../../src/station/ports.ts";
import type { AuthorizationStatus, QueuedEvent, TransactionEvent } from "../../src/station/types.ts";

/** One implementation under test. `reopen` gives the store as a new process would find it, where it is durable. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly reopen?: () => Store;
  readonly dispose: () => void;
}

export function tokenEntry(
  idToken: string,
  updatedAt = 0,
  status: AuthorizationStatus = "Accepted",
  cacheExpiryDateTime?: string,
): StoredToken {
  const token = { idToken, type: "ISO14443" } as const;
  const info = { status, ...(cacheExpiryDateTime === undefined ? {} : { cacheExpiryDateTime }) };
  return { key: tokenKey(token), token, info, updatedAt };
}

export function transactionEvent(transactionId: string, seqNo: number): TransactionEvent {
  return {
    eventType: seqNo === 0 ? "Started" : "Updated",
    timestamp: "2030-01-01T00:00:00.000Z",
    triggerReason: "Authorized",
    seqNo,
    transactionId,
    evseId: 1,
    connectorId: 1,
    offline: false,
    meterWh: 100 * seqNo,
    meterValue: [],
  };
}

const keysOf = (entries: readonly StoredToken[]) => entries.map((e) => e.key).sort();

/** The contract of the Store port; every implementation passes it. */
export function storeContract(name: string, make: () => StoreUnderTest): void {
  describe(`store contract: ${name}`, () => {
    let sut: StoreUnderTest;
    let store: Store;
    beforeEach(() => {
      sut = make();
      store = sut.store;
    });
    afterEach(() => sut.dispose());

    it("begins empty", () => {
      expect(store.list.version()).toBe(0);
      expect(store.list.size()).toBe(0);
      expect(store.list.get("ISO14443:A")).toBeUndefined();
      expect(store.cache.size()).toBe(0);
      expect(store.cache.evictable(0)).toBeUndefined();
      expect(store.queue.head()).toBeUndefined();
      expect(store.queue.size()).toBe(0);
      expect(store.values.get("a")).toBeUndefined();
      expect(store.values.names("")).toEqual([]);
    });

    it("replaces and changes the list together with its version", () => {
      const [a, b, c] = ["A", "B", "C"].map((t) => tokenEntry(t)) as [StoredToken, StoredToken, StoredToken];
      store.list.update({ full: true, version: 3, put: [a, b], remove: [] });
      expect(keysOf(store.list.entries())).toEqual([a.key, b.key]);
      store.list.update({ full: false, version: 4, put: [c], remove: [a.key, "ISO14443:NONE"] });
      expect(store.list.version()).toBe(4);
      expect(keysOf(store.list.entries())).toEqual([b.key, c.key]);
      expect(store.list.get(c.key)).toEqual(c);
      store.list.update({ full: true, version: 5, put: [], remove: [] });
      expect(store.list.size()).toBe(0);
      expect(store.list.version()).toBe(5);
    });

    it("holds a list of 100,000 tokens", () => {
      const put = Array.from({ length: 100_000 }, (_, i) => tokenEntry(`TOKEN${i}`));
      store.list.update({ full: true, version: 1, put, remove: [] });
      expect(store.list.size()).toBe(100_000);
      expect(store.list.get("ISO14443:TOKEN99999")).toEqual(put[99_999]);
    });

    it("tells tokens apart that differ in a NUL or in half a surrogate pair", () => {
      store.cache.put(tokenEntry("A\0B"));
      store.cache.put(tokenEntry("A"));
      store.cache.put(tokenEntry("\ud800"));
      expect(store.cache.size()).toBe(3);
      expect(store.cache.get("ISO14443:A\0C")).toBeUndefined();
      expect(store.cache.get("ISO14443:\ud801")).toBeUndefined();
      expect(store.cache.get("ISO14443:A\0B")).toEqual(tokenEntry("A\0B"));
    });

    it("gives up cache entries that are not valid before the oldest", () => {
      store.cache.put(tokenEntry("OLD", 1));
      store.cache.put(tokenEntry("NEW", 9));
      store.cache.put(tokenEntry("UNTIL", 5, "Accepted", "1970-01-01T00:00:01.000Z"));
      expect(store.cache.evictable(999)).toBe("ISO14443:OLD");
      expect(store.cache.evictable(1000)).toBe("ISO14443:UNTIL");
      store.cache.put(tokenEntry("UNTIL", 6, "Accepted", "no date"));
      expect(store.cache.evictable(1000)).toBe("ISO14443:OLD");
      store.cache.put(tokenEntry("NEW", 9, "Blocked"));
      expect(store.cache.evictable(0)).toBe("ISO14443:NEW");
      store.cache.delete(["ISO14443:NEW", "ISO14443:OLD"]);
      expect(keysOf(store.cache.entries())).toEqual(["ISO14443:UNTIL"]);
      store.cache.clear();
      expect(store.cache.size()).toBe(0);
    });

    it("keeps the queue in order and never gives an id twice", () => {
      const first = store.queue.append(transactionEvent("tx1", 0));
      const second = store.queue.append(transactionEvent("tx2", 0));
      expect(second.id).toBeGreaterThan(first.id);
      store.queue.attempted(first.id);
      expect(store.queue.head()).toEqual({ id: first.id, event: transactionEvent("tx1", 0), attempts: 1 });
      expect([store.queue.has("tx1"), store.queue.has("tx3")]).toEqual([true, false]);
      store.queue.delete(first.id);
      expect(store.queue.has("tx1")).toBe(false);
      store.queue.delete(second.id);
      store.queue.attempted(second.id);
      expect(store.queue.size()).toBe(0);
      expect(store.queue.append(transactionEvent("tx3", 0)).id).toBeGreaterThan(second.id);
    });

    it("takes values as JSON, not as references", () => {
      const value = { a: [1, "two", null], b: { c: true } };
      store.values.set("x.1", value);
      value.a.push("later");
      expect(store.values.get("x.1")).toEqual({ a: [1, "two", null], b: { c: true } });
      store.values.set("x.2", 0);
      store.values.set("x%", "percent");
      store.values.set("y", "other");
      expect(store.values.names("x.")).toEqual(["x.1", "x.2"]);
      expect(store.values.names("x%")).toEqual(["x%"]);
      store.values.delete("x.1");
      store.values.set("x.2", undefined);
      expect(store.values.names("")).toEqual(["x%", "y"]);
    });

    it("does all of a transaction or nothing", () => {
      store.values.set("meter", 1);
      store.queue.append(transactionEvent("before", 0));
      expect(() =>
        store.atomically(() => {
          store.values.set("meter", 2);
          store.list.update({ full: true, version: 9, put: [tokenEntry("A")], remove: [] });
          store.cache.put(tokenEntry("B"));
          store.queue.append(transactionEvent("lost", 0));
          throw new Error("power");
        }),
      ).toThrow("power");
      expect(store.values.get("meter")).toBe(1);
      expect([store.list.version(), store.list.size(), store.cache.size(), store.queue.size()]).toEqual([
        0, 0, 0, 1,
      ]);
      expect(store.queue.has("lost")).toBe(false);
      expect(store.atomically(() => 42)).toBe(42);
    });

    it("undoes an inner transaction by itself, and with the outer one", () => {
      store.atomically(() => {
        store.values.set("a", 1);
        expect(() =>
          store.atomically(() => {
            store.values.set("a", 2);
            throw new Error("inner");
          }),
        ).toThrow("inner");
        store.atomically(() => store.values.set("b", 1));
      });
      expect([store.values.get("a"), store.values.get("b")]).toEqual([1, 1]);
      expect(() =>
        store.atomically(() => {
          store.atomically(() => store.values.set("b", 2));
          throw new Error("outer");
        }),
      ).toThrow("outer");
      expect(store.values.get("b")).toBe(1);
    });

    it("does what a plain model does, whatever is asked of it", () => modelTest(make));
  });
}

/* --------------------------------------------------------------------------------------------- model */

interface Model {
  version: number;
  list: Map<string, StoredToken>;
  cache: Map<string, StoredToken>;
  queue: { id: number; event: QueuedEvent; attempts: number }[];
  values: Map<string, unknown>;
}

/** One operation: changes store and model alike. */
type Operation = (store: Store, model: Model) => void;

const tokens = fc.constantFrom("A", "B", "C", "D", "E");
const entries = fc
  .record({
    idToken: tokens,
    updatedAt: fc.nat(50),
    status: fc.constantFrom<AuthorizationStatus>("Accepted", "Accepted", "Blocked", "Expired"),
    until: fc.option(fc.nat(50), { nil: undefined }),
  })
  .map((r) =>
    tokenEntry(
      r.idToken,
      r.updatedAt,
      r.status,
      r.until === undefined ? undefined : new Date(r.until).toISOString(),
    ),
  );
const keys = tokens.map((t) => `ISO14443:${t}`);

const simple: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ full: fc.boolean(), version: fc.nat(99), put: fc.array(entries), remove: fc.array(keys) }).map(
    (u): Operation =>
      (store, m) => {
        store.list.update(u);
        if (u.full) m.list.clear();
        for (const key of u.remove) m.list.delete(key);
        for (const entry of u.put) m.list.set(entry.key, entry);
        m.version = u.version;
      },
  ),
  entries.map(
    (entry): Operation =>
      (store, m) => {
        store.cache.put(entry);
        m.cache.set(entry.key, entry);
      },
  ),
  fc.array(keys).map(
    (dropped): Operation =>
      (store, m) => {
        store.cache.delete(dropped);
        for (const key of dropped) m.cache.delete(key);
      },
  ),
  fc.constant<Operation>((store, m) => {
    store.cache.clear();
    m.cache.clear();
  }),
  fc.nat(60).map(
    (now): Operation =>
      (store, m) => {
        expectEvictable(store.cache.evictable(now), m, now);
      },
  ),
  fc.constantFrom("tx1", "tx2", "tx3").map(
    (id): Operation =>
      (store, m) => {
        m.queue.push({ ...store.queue.append(transactionEvent(id, 1)) });
      },
  ),
  fc.constant<Operation>((store, m) => {
    const head = m.queue[0];
    if (head === undefined) return;
    store.queue.attempted(head.id);
    head.attempts++;
  }),
  fc.constant<Operation>((store, m) => {
    const head = m.queue.shift();
    if (head !== undefined) store.queue.delete(head.id);
  }),
  fc.tuple(fc.constantFrom("a.1", "a.2", "b"), fc.jsonValue()).map(
    ([name, value]): Operation =>
      (store, m) => {
        store.values.set(name, value);
        m.values.set(name, JSON.parse(JSON.stringify(value)));
      },
  ),
  fc.constantFrom("a.1", "a.2", "b").map(
    (name): Operation =>
      (store, m) => {
        store.values.delete(name);
        m.values.delete(name);
      },
  ),
);

/** Operations in a transaction, which may fail at its end. */
const { operation } = fc.letrec<{ operation: Operation }>((tie) => ({
  operation: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    { weight: 8, arbitrary: simple },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.array(tie("operation"), { maxLength: 4 }), fc.boolean()).map(
        ([operations, fails]): Operation =>
          (store, m) => {
            const before = structuredClone(m);
            try {
              store.atomically(() => {
                for (const run of operations) run(store, m);
                if (fails) throw new Error("on purpose");
              });
            } catch (e) {
              if (!fails) throw e;
              Object.assign(m, before);
            }
          },
      ),
    },
  ),
}));

function expectEvictable(key: string | undefined, m: Model, now: number): void {
  const all = [...m.cache.values()];
  const invalid = all.filter(
    (e) => e.info.status !== "Accepted" || Date.parse(e.info.cacheExpiryDateTime ?? "") <= now,
  );
  const age = Math.min(...all.map((e) => e.updatedAt));
  const right = invalid.length > 0 ? invalid : all.filter((e) => e.updatedAt === age);
  if (right.length === 0) expect(key).toBeUndefined();
  else expect(right.map((e) => e.key)).toContain(key);
}

function expectSame(store: Store, m: Model): void {
  const sorted = (all: Iterable<StoredToken>) => [...all].sort((a, b) => (a.key < b.key ? -1 : 1));
  expect(store.list.version()).toBe(m.version);
  expect(store.list.size()).toBe(m.list.size);
  expect(sorted(store.list.entries())).toEqual(sorted(m.list.values()));
  expect(store.cache.size()).toBe(m.cache.size);
  expect(sorted(store.cache.entries())).toEqual(sorted(m.cache.values()));
  expect(store.queue.size()).toBe(m.queue.length);
  expect(store.queue.head()).toEqual(m.queue[0]);
  for (const id of ["tx1", "tx2", "tx3"]) {
    expect(store.queue.has(id)).toBe(m.queue.some((message) => message.event.transactionId === id));
  }
  expect(store.values.names("")).toEqual([...m.values.keys()].sort());
  for (const [name, value] of m.values) expect(store.values.get(name)).toEqual(value);
}

function modelTest(make: () => StoreUnderTest): void {
  const run = (steps: readonly (Operation | "reopen")[]) => {
    const sut = make();
    let store = sut.store;
    const model: Model = { version: 0, list: new Map(), cache: new Map(), queue: [], values: new Map() };
    try {
      for (const step of steps) {
        if (step !== "reopen") step(store, model);
        else if (sut.reopen !== undefined) store = sut.reopen();
        expectSame(store, model);
      }
    } finally {
      sut.dispose();
    }
  };
  const step = fc.oneof(
    { weight: 15, arbitrary: operation },
    { weight: 1, arbitrary: fc.constant("reopen" as const) },
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), run), { numRuns: 60 });
}
