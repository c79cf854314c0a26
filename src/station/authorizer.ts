import type { AuthorizationCache } from "./authorization/cache.ts";
import { type Decision, decide, decideWithoutAnswer, type Question } from "./authorization/decide.ts";
import { authorizationSettings } from "./authorization/explain.ts";
import type { LocalAuthorizationList } from "./authorization/list.ts";
import { sameToken } from "./card.ts";
import type { Kit } from "./kit.ts";
import type { IdToken, IdTokenInfo } from "./types.ts";

/** "Don't know" is not "yes". */
const UNREADABLE: Decision = {
  do: "reject",
  by: "station",
  status: "Unknown",
  rule: "store-unreadable",
  why: "neither list nor cache can be read: the station's store fails",
  spec: "1.6 §3.5, 2.0.1 C01",
};

/** Puts the question about a token to list, cache and central system, and notes what the latter said. */
export class Authorizer {
  readonly #kit: Kit;
  readonly #list: LocalAuthorizationList;
  readonly #cache: AuthorizationCache;
  /** The list and the central system disagree (1.6 §3.5.2). */
  readonly #onConflict: (token: IdToken, detail: string) => void;

  constructor(
    kit: Kit,
    list: LocalAuthorizationList,
    cache: AuthorizationCache,
    onConflict: (token: IdToken, detail: string) => void,
  ) {
    this.#kit = kit;
    this.#list = list;
    this.#cache = cache;
    this.#onConflict = onConflict;
  }

  /** Decides without sending anything. */
  judge(token: IdToken): Decision {
    return this.#kit.keeper.attempt(() => decide(this.#question(token)), UNREADABLE);
  }

  /** Sends Authorize and makes a decision of what came of it. Never rejects. */
  async ask(token: IdToken): Promise<Decision> {
    const answer = await this.#kit.csms.request("authorize", { idToken: token });
    if (!answer.ok) {
      const { failure, detail } = answer;
      return this.#kit.keeper.attempt(
        () => decideWithoutAnswer(this.#question(token), failure, detail),
        UNREADABLE,
      );
    }
    const info = answer.value.idTokenInfo;
    this.note(token, info);
    const accepted = info.status === "Accepted";
    return {
      do: accepted ? "accept" : "reject",
      by: "csms",
      status: info.status,
      rule: accepted ? "csms-accepts" : "csms-refuses",
      why: `the central system answered ${info.status}`,
      spec: "1.6 §4.1, 2.0.1 C01",
      info,
    };
  }

  /** Notes an answer; a store that fails does not change the answer itself. */
  note(token: IdToken, info: IdTokenInfo): void {
    this.#kit.keeper.attempt(() => this.#keep(token, info), undefined);
  }

  /** Into the cache unless the token is on the list; a contradiction to the list is reported. */
  #keep(token: IdToken, info: IdTokenInfo): void {
    const now = this.#kit.clock.now();
    const listed = this.#listEntry(token);
    if (listed !== undefined) {
      const detail = contradiction(listed, info);
      if (detail !== undefined) this.#onConflict(token, detail);
      return;
    }
    if (this.#kit.settings.flag("AuthCacheCtrlr.Enabled")) this.#cache.record(token, info, now);
  }

  #listEntry(token: IdToken): IdTokenInfo | undefined {
    if (!this.#kit.settings.flag("LocalAuthListCtrlr.Enabled")) return undefined;
    return this.#list.lookup(token, this.#kit.clock.now());
  }

  #question(token: IdToken): Question {
    const { settings: stored } = this.#kit;
    const settings = authorizationSettings((variable) => stored.flag(variable));
    const list = this.#listEntry(token);
    const cache = settings.cacheEnabled
      ? this.#cache.lookup(token, this.#kit.clock.now(), stored.count("AuthCacheCtrlr.LifeTime"))
      : undefined;
    return {
      token,
      online: this.#kit.online(),
      settings,
      ...(list === undefined ? {} : { list }),
      ...(cache === undefined ? {} : { cache }),
    };
  }
}

/** ConcurrentTx is said of a token that is valid; it contradicts nothing. */
const said = (info: IdTokenInfo) => (info.status === "ConcurrentTx" ? "Accepted" : info.status);

function contradiction(listed: IdTokenInfo, answered: IdTokenInfo): string | undefined {
  if (said(listed) !== said(answered))
    return `the list says ${listed.status}, the central system ${answered.status}`;
  const [ours, theirs] = [listed.groupIdToken, answered.groupIdToken];
  const same = ours === undefined || theirs === undefined ? ours === theirs : sameToken(ours, theirs);
  return same ? undefined : "the list and the central system name different groups";
}
