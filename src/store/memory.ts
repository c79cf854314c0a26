import type {
  CacheStore,
  ListStore,
  QueueStore,
  Store,
  StoredMessage,
  StoredToken,
  ValueStore,
} from "../station/ports.ts";
import type { QueuedEvent } from "../station/types.ts";
import { notValidFrom } from "./validity.ts";

/** Nested transactions: every change says how it is undone, and what fails is undone backwards. */
class Transactions {
  #undo: (() => void)[] | undefined;

  /** How the change that was just made is undone. */
  changed(undo: () => void): void {
    this.#undo?.push(undo);
  }

  run<T>(work: () => T): T {
    const outermost = this.#undo === undefined;
    this.#undo ??= [];
    const undo = this.#undo;
    const from = undo.length;
    try {
      return work();
    } catch (e) {
      for (const back of undo.splice(from).reverse()) back();
      throw e;
    } finally {
      if (outermost) this.#undo = undefined;
    }
  }
}

/** A Map that is only there when something is in it: most stations of a fleet have empty lists and queues. */
class Table<K extends string | number, V> {
  readonly #transactions: Transactions;
  #map: Map<K, V> | undefined;

  constructor(transactions: Transactions) {
    this.#transactions = transactions;
  }

  get size(): number {
    return this.#map?.size ?? 0;
  }

  get(key: K): V | undefined {
    return this.#map?.get(key);
  }

  keys(): K[] {
    return [...(this.#map?.keys() ?? [])];
  }

  values(): Iterable<V> {
    return this.#map?.values() ?? [];
  }

  set(key: K, value: V): void {
    const before = this.get(key);
    this.#map ??= new Map();
    this.#map.set(key, value);
    this.#transactions.changed(() => (before === undefined ? this.#drop(key) : this.#map?.set(key, before)));
  }

  delete(key: K): void {
    const before = this.get(key);
    if (before === undefined) return;
    this.#drop(key);
    this.#transactions.changed(() => this.#putBack(key, before));
  }

  /** All rows at once. */
  replace(rows: Map<K, V> | undefined): void {
    const before = this.#map;
    this.#map = rows?.size === 0 ? undefined : rows;
    this.#transactions.changed(() => {
      this.#map = before;
    });
  }

  #drop(key: K): void {
    if (this.#map?.delete(key) === true && this.#map.size === 0) this.#map = undefined;
  }

  /** Numbered rows keep to their order. */
  #putBack(key: K, value: V): void {
    const rows = [...(this.#map ?? []), [key, value] as const];
    this.#map = new Map(typeof key === "number" ? rows.sort(([a], [b]) => Number(a) - Number(b)) : rows);
  }
}

type Counters = Table<"listVersion" | "queueId", number>;

class MemoryList implements ListStore {
  readonly #transactions: Transactions;
  readonly #counters: Counters;
  readonly #tokens: Table<string, StoredToken>;

  constructor(transactions: Transactions, counters: Counters) {
    this.#transactions = transactions;
    this.#counters = counters;
    this.#tokens = new Table(transactions);
  }

  version(): number {
    return this.#counters.get("listVersion") ?? 0;
  }

  size(): number {
    return this.#tokens.size;
  }

  get(key: string): StoredToken | undefined {
    return this.#tokens.get(key);
  }

  entries(): readonly StoredToken[] {
    return [...this.#tokens.values()];
  }

  update(u: Parameters<ListStore["update"]>[0]): void {
    this.#transactions.run(() => {
      if (u.full) this.#tokens.replace(undefined);
      for (const key of u.remove) this.#tokens.delete(key);
      for (const entry of u.put) this.#tokens.set(entry.key, entry);
      this.#counters.set("listVersion", u.version);
    });
  }
}

interface CacheRow {
  readonly entry: StoredToken;
  readonly notValidFrom: number;
}

class MemoryCache implements CacheStore {
  readonly #rows: Table<string, CacheRow>;

  constructor(transactions: Transactions) {
    this.#rows = new Table(transactions);
  }

  size(): number {
    return this.#rows.size;
  }

  get(key: string): StoredToken | undefined {
    return this.#rows.get(key)?.entry;
  }

  entries(): readonly StoredToken[] {
    return Array.from(this.#rows.values(), (row) => row.entry);
  }

  put(entry: StoredToken): void {
    this.#rows.set(entry.key, { entry, notValidFrom: notValidFrom(entry) });
  }

  delete(keys: readonly string[]): void {
    for (const key of keys) this.#rows.delete(key);
  }

  clear(): void {
    this.#rows.replace(undefined);
  }

  evictable(now: number): string | undefined {
    let oldest: StoredToken | undefined;
    for (const row of this.#rows.values()) {
      if (row.notValidFrom <= now) return row.entry.key;
      if (oldest === undefined || row.entry.updatedAt < oldest.updatedAt) oldest = row.entry;
    }
    return oldest?.key;
  }
}

class MemoryQueue implements QueueStore {
  readonly #counters: Counters;
  readonly #messages: Table<number, StoredMessage>;

  constructor(transactions: Transactions, counters: Counters) {
    this.#counters = counters;
    this.#messages = new Table(transactions);
  }

  append(event: QueuedEvent): StoredMessage {
    const id = (this.#counters.get("queueId") ?? 0) + 1;
    const message = { id, event, attempts: 0 };
    this.#counters.set("queueId", id);
    this.#messages.set(id, message);
    return message;
  }

  head(): StoredMessage | undefined {
    for (const message of this.#messages.values()) return message;
    return undefined;
  }

  size(): number {
    return this.#messages.size;
  }

  attempted(id: number): void {
    const message = this.#messages.get(id);
    if (message !== undefined) this.#messages.set(id, { ...message, attempts: message.attempts + 1 });
  }

  delete(id: number): void {
    this.#messages.delete(id);
  }

  has(transactionId: string): boolean {
    for (const message of this.#messages.values()) {
      if (message.event.transactionId === transactionId) return true;
    }
    return false;
  }
}

/** Kept as JSON text: what the caller changes afterwards does not change what is stored. */
class MemoryValues implements ValueStore {
  readonly #texts: Table<string, string>;

  constructor(transactions: Transactions) {
    this.#texts = new Table(transactions);
  }

  get(name: string): unknown {
    const text = this.#texts.get(name);
    return text === undefined ? undefined : JSON.parse(text);
  }

  set(name: string, value: unknown): void {
    const text: string | undefined = JSON.stringify(value);
    if (text === undefined) this.#texts.delete(name);
    else this.#texts.set(name, text);
  }

  delete(name: string): void {
    this.#texts.delete(name);
  }

  names(prefix: string): readonly string[] {
    return this.#texts
      .keys()
      .filter((name) => name.startsWith(prefix))
      .sort();
  }
}

/** A store that lives as long as the process: for a fleet and for tests. It keeps to the same contract as the durable one. */
export function memoryStore(): Store {
  const transactions = new Transactions();
  const counters: Counters = new Table(transactions);
  return {
    list: new MemoryList(transactions, counters),
    cache: new MemoryCache(transactions),
    queue: new MemoryQueue(transactions, counters),
    values: new MemoryValues(transactions),
    atomically: (work) => transactions.run(work),
    onFailure: () => undefined,
    close: () => undefined,
  };
}
