import { tokenKey } from "../card.ts";
import type { CacheStore, StoredToken } from "../ports.ts";
import type { IdToken, IdTokenInfo, IdTokenType } from "../types.ts";
import { effective } from "./list.ts";

/** Never cached: tokens that no card carries (2.0.1 C02, C05.FR.02). */
const NEVER_CACHED: ReadonlySet<IdTokenType> = new Set(["Central", "NoAuthorization"]);

/**
 * The life time runs from the last answer that wrote the entry. 2.0.1 contradicts itself here (C10.FR.08 "last
 * used", C10.FR.10 "last updated"); the later requirement is followed.
 */
const LIFETIME_BASE = "updatedAt" satisfies keyof StoredToken;

/** The Authorization Cache (1.6 §3.5.1, 2.0.1 C10): what was last answered for each token, valid or not. */
export class AuthorizationCache {
  readonly #store: CacheStore;
  readonly #capacity: number;
  /** Tokens of which something new was said that could not be stored: what is stored of them does not count. */
  readonly #outdated = new Set<string>();

  constructor(store: CacheStore, capacity: number) {
    this.#store = store;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#store.size();
  }

  /** The entry as it counts at `now` (ms). `lifeTimeS` 0 means without end. */
  lookup(token: IdToken, now: number, lifeTimeS = 0): IdTokenInfo | undefined {
    const key = tokenKey(token);
    const stored = this.#outdated.has(key) ? undefined : this.#store.get(key);
    if (stored === undefined) return undefined;
    const outlived =
      lifeTimeS > 0 &&
      stored.info.cacheExpiryDateTime === undefined &&
      stored[LIFETIME_BASE] + lifeTimeS * 1000 <= now;
    return outlived ? { ...stored.info, status: "Expired" } : effective(stored.info, now);
  }

  /** Notes an answer. Full: entries that are not valid go first, then the oldest (1.6 §3.5.1, C10.FR.07). */
  record(token: IdToken, info: IdTokenInfo, now: number): void {
    if (NEVER_CACHED.has(token.type)) return;
    const key = tokenKey(token);
    this.#outdated.add(key);
    const known = this.#store.get(key) !== undefined;
    while (!known && this.#store.size() >= this.#capacity) {
      const victim = this.#store.evictable(now);
      if (victim === undefined) return;
      this.#store.delete([victim]);
    }
    this.#store.put({ key, token, info, updatedAt: now });
    this.#outdated.delete(key);
  }

  clear(): void {
    this.#store.clear();
  }
}
