import type { StationDefinition } from "../drivers/definitions.ts";
import { AuthorizationCache } from "../station/authorization/cache.ts";
import { authorizationSettings, type Circumstances } from "../station/authorization/explain.ts";
import { LocalAuthorizationList } from "../station/authorization/list.ts";
import { tokenKey } from "../station/card.ts";
import type { StoredToken } from "../station/ports.ts";
import { Settings } from "../station/settings.ts";
import type { IdToken, IdTokenType } from "../station/types.ts";
import { memoryStore } from "../store/memory.ts";
import { readStationStore, type StationRecords } from "../store/station-store.ts";
import { AppError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";
import type { Config } from "./config.ts";
import { tableOf } from "./models.ts";
import { dataFiles, isThere } from "./paths.ts";

/** As which types a token may stand in list and cache; 1.6 knows the first only. */
const TYPES: readonly IdTokenType[] = [
  "ISO14443",
  "ISO15693",
  "Local",
  "eMAID",
  "MacAddress",
  "KeyCode",
  "Central",
];

/** What a station has stored, looked at from outside: settings, list and cache, whether or not it runs just now. */
export class StationState {
  readonly settings: Settings;
  /** Undefined: nothing was ever stored under this id. */
  readonly #records: StationRecords | undefined;
  /** Lookups of a time in the past do not see what was written later. */
  readonly #notAfter: number;

  /**
   * `keys`: settings that are to count instead of the stored ones, by 1.6 key or 2.0.1 name; undefined: the model's.
   * @throws AppError `usage` for a key that there is not or a value that it cannot have, `store.*`
   */
  constructor(
    { data, id }: Pick<Config, "data" | "id">,
    model: StationDefinition,
    keys: Readonly<Record<string, string | undefined>> = {},
    notAfter: number = Number.POSITIVE_INFINITY,
  ) {
    const file = dataFiles(data).station(id);
    this.#records = isThere(file) ? readStationStore(file) : undefined;
    this.#notAfter = notAfter;
    const { values } = memoryStore();
    for (const name of this.#records?.values.names("setting.") ?? [])
      values.set(name, this.#records?.values.get(name));
    const table = tableOf(model);
    try {
      for (const [name, value] of Object.entries(keys)) {
        const row = table.any(name);
        if (row === undefined) throw noKey(name, [...table.keys16, ...table.variableNames]);
        if (value === undefined) values.delete(`setting.${row.name}`);
        else values.set(`setting.${row.name}`, value);
      }
      this.settings = new Settings(values, {}, () => {}, table);
      for (const name of Object.keys(keys)) this.#mustFit(name);
    } catch (e) {
      this.close();
      throw e;
    }
  }

  /** Has the station ever stored anything here? */
  get known(): boolean {
    return this.#records !== undefined;
  }

  get listVersion(): number {
    return this.#records?.list.version() ?? 0;
  }

  /** Everything in the list, and everything in the cache. */
  entries(): { readonly list: readonly StoredToken[]; readonly cache: readonly StoredToken[] } {
    return { list: this.#records?.list.entries() ?? [], cache: this.#records?.cache.entries() ?? [] };
  }

  /** The token as it stands in list or cache when it stands there under another type. */
  typed(token: IdToken): IdToken {
    return [token.type, ...TYPES].map((type) => ({ ...token, type })).find((t) => this.holds(t)) ?? token;
  }

  /** Does list or cache hold the token? */
  holds(token: IdToken): boolean {
    return this.#stored("list", token) !== undefined || this.#stored("cache", token) !== undefined;
  }

  /** Was the cache's entry written after the moment that is looked at? Then what stood there before is not known. */
  cachedSince(token: IdToken): boolean {
    const stored = this.#records?.cache.get(tokenKey(token));
    return stored !== undefined && stored.updatedAt > this.#notAfter;
  }

  /** What a decision about the token at `now` (ms) would depend on. */
  circumstances(token: IdToken, now: number, online: boolean): Circumstances {
    const { settings } = this;
    // The rules of list and cache themselves look it up, in a copy of what they need.
    const copy = memoryStore();
    const [listed, cached] = [this.#stored("list", token), this.#stored("cache", token)];
    if (listed !== undefined) copy.list.update({ full: false, version: 1, put: [listed], remove: [] });
    if (cached !== undefined) copy.cache.put(cached);
    const list = new LocalAuthorizationList(copy.list).lookup(token, now);
    const lifeTimeS = settings.count("AuthCacheCtrlr.LifeTime");
    const cache = new AuthorizationCache(copy.cache, 1).lookup(token, now, lifeTimeS);
    return {
      token,
      online,
      settings: authorizationSettings((variable) => settings.flag(variable)),
      ...(list === undefined ? {} : { list }),
      ...(cache === undefined ? {} : { cache }),
    };
  }

  close(): void {
    this.#records?.close();
  }

  #stored(where: "list" | "cache", token: IdToken): StoredToken | undefined {
    const stored = this.#records?.[where].get(tokenKey(token));
    return stored !== undefined && stored.updatedAt <= this.#notAfter ? stored : undefined;
  }

  #mustFit(name: string): void {
    const row = this.settings.table.any(name);
    const problem = row && this.settings.problem(row, this.settings.text(name));
    if (problem !== undefined) {
      throw new AppError("usage", `--key ${name}: ${problem}, not "${this.settings.text(name)}"`, {
        hint: "Write for example --key LocalPreAuthorize=true.",
      });
    }
  }
}

function noKey(name: string, known: readonly string[]): AppError {
  const near = nearest(name, known);
  return new AppError("usage", `--key: there is no setting "${name}"`, {
    hint: near === undefined ? "Use a 1.6 key or a 2.0.1 Component.Variable." : `Did you mean ${near}?`,
  });
}
