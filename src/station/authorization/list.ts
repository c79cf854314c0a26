import { tokenKey } from "../card.ts";
import type { ListStore, ListUpdate, StoredToken } from "../ports.ts";
import type { IdToken, IdTokenInfo } from "../types.ts";

export type ListUpdateStatus = "Accepted" | "Failed" | "VersionMismatch" | "NotSupported";

export interface ListLimits {
  readonly enabled: boolean;
  /** The most entries that the list may have (LocalAuthListMaxLength). */
  readonly entries: number;
  /** The most entries of one message (SendLocalListMaxLength). */
  readonly itemsPerMessage: number;
}

/** The Local Authorization List (1.6 §3.5.2, 2.0.1 D01): changed by SendLocalList only, as a whole or not at all. */
export class LocalAuthorizationList {
  readonly #store: ListStore;

  constructor(store: ListStore) {
    this.#store = store;
  }

  get version(): number {
    return this.#store.version();
  }

  get size(): number {
    return this.#store.size();
  }

  /** The entry as it counts at `now` (ms): Expired when its cacheExpiryDateTime has passed. The list is not altered. */
  lookup(token: IdToken, now: number): IdTokenInfo | undefined {
    const stored = this.#store.get(tokenKey(token));
    return stored === undefined ? undefined : effective(stored.info, now);
  }

  /** Applies an update and says what came of it, with the reason when it was refused. */
  update(u: ListUpdate, limits: ListLimits, now: number): { status: ListUpdateStatus; detail: string } {
    const refused = this.#refusal(u, limits);
    if (refused !== undefined) return refused;
    const put: StoredToken[] = [];
    const remove: string[] = [];
    for (const { token, info } of u.entries) {
      const key = tokenKey(token);
      if (info === undefined) remove.push(key);
      else put.push({ key, token, info, updatedAt: now });
    }
    if (this.#sizeAfter(u, put, remove) > limits.entries) {
      return { status: "Failed", detail: `the list would have more than ${limits.entries} entries` };
    }
    try {
      this.#store.update({ full: u.type === "Full", version: u.version, put, remove });
    } catch (e) {
      return { status: "Failed", detail: e instanceof Error ? e.message : String(e) };
    }
    return { status: "Accepted", detail: `${u.type}, ${u.entries.length} entries` };
  }

  #refusal(u: ListUpdate, limits: ListLimits): { status: ListUpdateStatus; detail: string } | undefined {
    const failed = (detail: string) => ({ status: "Failed", detail }) as const;
    if (!limits.enabled) return { status: "NotSupported", detail: "LocalAuthListEnabled is false" };
    if (u.version <= 0) return failed(`version ${u.version} must not be sent`);
    if (u.entries.length > limits.itemsPerMessage)
      return failed(`more than ${limits.itemsPerMessage} entries in one message`);
    if (new Set(u.entries.map((e) => tokenKey(e.token))).size < u.entries.length)
      return failed("a token stands in it twice");
    if (u.type === "Full" && u.entries.some((e) => e.info === undefined)) {
      return failed("a full list needs idTokenInfo for every entry");
    }
    if (u.type === "Differential" && u.version <= this.version) {
      return { status: "VersionMismatch", detail: `version ${u.version} is not above ${this.version}` };
    }
    return undefined;
  }

  #sizeAfter(u: ListUpdate, put: readonly StoredToken[], remove: readonly string[]): number {
    if (u.type === "Full") return put.length;
    const added = put.filter((e) => this.#store.get(e.key) === undefined).length;
    const removed = remove.filter((key) => this.#store.get(key) !== undefined).length;
    return this.size + added - removed;
  }
}

/** An entry as it counts at `now`: past its time it is Expired (1.6 §3.5.1, §3.5.4). */
export function effective(info: IdTokenInfo, now: number): IdTokenInfo {
  const until = info.cacheExpiryDateTime;
  return until !== undefined && Date.parse(until) <= now ? { ...info, status: "Expired" } : info;
}
