import type { TimerHandle } from "../util/clock.ts";
import type { Decision } from "./authorization/decide.ts";
import {
  type AuthorizationEffects,
  type AuthorizationEvent,
  authorizationSteps,
  judged,
} from "./authorization.machine.ts";
import type { Authorizer } from "./authorizer.ts";
import { sameToken } from "./card.ts";
import type { ChargingProfile } from "./charging/types.ts";
import type { Evse } from "./evse.ts";
import type { SignalName } from "./facts.ts";
import type { Kit } from "./kit.ts";
import { type Standing, withGroup } from "./reservation-rules.ts";
import type { Reservations } from "./reservations.ts";
import { Run } from "./steps.ts";
import type { Holder } from "./transaction.ts";
import type { IdToken, IdTokenInfo, Verdict } from "./types.ts";

/** A token that was presented by a card or by the central system. */
interface Presented {
  readonly token: IdToken;
  readonly uid?: string;
  /** Fixed by RequestStartTransaction. */
  readonly evse?: Evse;
  readonly remoteStartId?: number;
  readonly chargingProfile?: ChargingProfile;
  /** The group that RequestStartTransaction names. */
  readonly groupIdToken?: IdToken;
}

interface Authorization {
  readonly token: IdToken;
  readonly run: Run<AuthorizationEvent>;
  /** ConnectionTimeOut. */
  timer?: TimerHandle;
  /** Gets the verdict; undefined when the power went before there was one. */
  readonly done: (verdict: Verdict | undefined) => void;
  /** The EVSE that it was given; undefined until a cable decides. */
  evse?: Evse;
  holder?: Holder;
  /** Another card was accepted while this one waited for its cable. */
  replaced?: boolean;
}

/** What an accepted token is for. */
type Purpose =
  /** `waiter`: a card that waits for its cable, and gives way if this one is accepted. */
  | { readonly kind: "start"; readonly waiter?: Authorization }
  /** Ends the transaction of its group, or takes the cable that is kept for its group. */
  | { readonly kind: "stop" }
  | { readonly kind: "final"; readonly decision: Exclude<Decision, { do: "ask" }>; readonly act: () => void };

const decided = (
  outcome: "accept" | "reject",
  by: Verdict["by"],
  status: Verdict["status"],
  rule: string,
  why: string,
  spec: string,
): Exclude<Decision, { do: "ask" }> => ({ do: outcome, by, status, rule, why, spec });

/**
 * Decides what a presented token means (start, stop, take back), has it authorized, and finds it an EVSE. Who
 * brings a token, who validates it and who places it are three parts: readers, Authorizer, and this.
 */
export class Taps {
  readonly #kit: Kit;
  readonly #evses: readonly Evse[];
  readonly #authorizer: Authorizer;
  readonly #reservations: Reservations;
  readonly #signal: (signal: SignalName, uid?: string) => void;
  readonly #live = new Set<Authorization>();

  constructor(
    kit: Kit,
    evses: readonly Evse[],
    authorizer: Authorizer,
    reservations: Reservations,
    signal: (signal: SignalName, uid?: string) => void,
  ) {
    this.#kit = kit;
    this.#evses = evses;
    this.#authorizer = authorizer;
    this.#reservations = reservations;
    this.#signal = signal;
  }

  /** Is Authorize for this token on its way? Then another tap of it says nothing new. */
  isPending(token: IdToken): boolean {
    for (const a of this.#live) {
      if (sameToken(a.token, token) && a.run.value === "asking") return true;
    }
    return false;
  }

  /** Resolves with the verdict when it is there, with undefined when the power goes before. */
  present(p: Presented): Promise<Verdict | undefined> {
    const began = this.#kit.ticks();
    const purpose = this.#purposeOf(p);
    return new Promise((resolve) => this.#authorize(p, purpose, began, resolve));
  }

  /** RequestStartTransaction without a check (AuthorizeRemoteStart false): the central system judges afterwards. */
  startUnchecked(p: Presented): void {
    const why = "AuthorizeRemoteTxRequests is false: started at the central system's word";
    const decision = decided(
      "accept",
      "settings",
      "Accepted",
      "remote-unchecked",
      why,
      "1.6 §5.11, 2.0.1 F01.FR.02",
    );
    this.#authorize(p, { kind: "final", decision, act: () => {} }, this.#kit.ticks(), () => {}, {
      kind: "start",
    });
  }

  /** A cable was plugged in at an EVSE that nobody holds: a waiting token takes it. */
  plugged(evse: Evse): void {
    for (const a of this.#live) {
      if (a.evse === undefined && a.holder !== undefined && this.#mayUse(a.token, a.holder.info, evse)) {
        a.evse = evse;
        evse.authorize(a.holder);
        return;
      }
    }
  }

  /** Power is gone: nobody waits for anything any more. */
  clear(): void {
    const dropped = [...this.#live];
    this.#live.clear();
    for (const a of dropped) {
      this.#stopTimeOut(a);
      a.run.stop();
      a.done(undefined);
    }
  }

  #purposeOf(p: Presented): Purpose {
    if (p.evse !== undefined) return { kind: "start" };
    const own = this.#evses.find((e) => e.transaction?.isStarter(p.token));
    if (own !== undefined) {
      const why = "the card that started the transaction ends it: no Authorize is needed";
      const decision = decided(
        "accept",
        "transaction",
        "Accepted",
        "same-token",
        why,
        "1.6 §4.1, 2.0.1 C01.FR.03",
      );
      return { kind: "final", decision, act: () => own.stop("StopAuthorized", "Local", p.token) };
    }
    const kept = this.#evses.find((e) => e.lock?.isOwner(p.token));
    if (kept !== undefined) {
      const why = "the card whose cable is kept: it is given free";
      const decision = decided("accept", "transaction", "Accepted", "cable-owner", why, "1.6 erratum 3.5");
      return { kind: "final", decision, act: () => kept.finish(p.token) };
    }
    const waiting = [...this.#live].find((a) => a.holder !== undefined && sameToken(a.token, p.token));
    if (waiting !== undefined) {
      const why = "the same card again before the cable: its authorization is taken back";
      const decision = decided("accept", "transaction", "Accepted", "taken-back", why, "2.0.1 C01.FR.03");
      return { kind: "final", decision, act: () => this.#send(waiting, { type: "CANCEL" }) };
    }
    const { keeper, store } = this.#kit;
    const registered = keeper.attempt(() => store.values.get("registered") === true, false);
    if (!keeper.sound()) {
      return refuse(
        "store-fails",
        "the station cannot store a transaction now, so none may start",
        "2.0.1 E04",
      );
    }
    if (!registered) {
      return refuse("never-registered", "the central system has never accepted this station", "1.6 §4.2.1");
    }
    const open = (e: Evse) => this.#standing(p.token, undefined, e) !== "closed";
    if (this.#evses.some(open)) return { kind: "start" };
    const waiter = this.#replaceable();
    if (waiter !== undefined) return { kind: "start", waiter };
    if (this.#evses.some((e) => e.transaction !== undefined || e.lock?.held === true))
      return { kind: "stop" };
    return refuse("no-evse", "no EVSE is free: out of service, faulted, taken or reserved", "1.6 §4.9");
  }

  /** A card that waits for its cable keeps no other card from being asked about: if that one is valid, it takes over. */
  #replaceable(): Authorization | undefined {
    const waits = (a: Authorization) => a.holder !== undefined && a.holder.remoteStartId === undefined;
    return [...this.#live].find(
      (a) => waits(a) && a.evse !== undefined && !a.evse.plugged && a.evse.operative,
    );
  }

  #authorize(
    p: Presented,
    purpose: Purpose,
    began: number,
    done: (verdict: Verdict | undefined) => void,
    then: { kind: "start" } | undefined = undefined,
  ): void {
    const decision =
      purpose.kind === "final" ? purpose.decision : this.#review(p, purpose, this.#authorizer.judge(p.token));
    const effects: AuthorizationEffects = {
      ask: () => void this.#ask(p, purpose, authorization),
      announce: ({ decision: d }) => done(this.#announce(p, d, began)),
      startTimeOut: () => this.#startTimeOut(authorization),
      stopTimeOut: () => this.#stopTimeOut(authorization),
      accepted: ({ decision: d }) => this.#accepted(p, then ?? purpose, authorization, d),
      timedOut: () => this.#gaveUp(authorization, "timeout"),
      cancelled: () => this.#gaveUp(authorization, "cancelled"),
    };
    const authorization: Authorization = {
      token: p.token,
      done,
      run: new Run<AuthorizationEvent>(authorizationSteps, effects),
    };
    this.#live.add(authorization);
    this.#send(authorization, judged(decision));
  }

  #send(a: Authorization, event: AuthorizationEvent): void {
    a.run.send(event);
    if (a.run.done) this.#live.delete(a);
  }

  /** 0: the authorization waits for ever. */
  #startTimeOut(a: Authorization): void {
    const { settings, clock } = this.#kit;
    const seconds = settings.count("TxCtrlr.EVConnectionTimeOut");
    if (seconds > 0) a.timer = clock.setTimeout(() => this.#send(a, { type: "TIMED_OUT" }), seconds * 1000);
  }

  #stopTimeOut(a: Authorization): void {
    if (a.timer !== undefined) this.#kit.clock.clearTimeout(a.timer);
  }

  async #ask(p: Presented, purpose: Purpose, authorization: Authorization): Promise<void> {
    const decision = this.#review(p, purpose, await this.#authorizer.ask(p.token), true);
    if (this.#live.has(authorization)) this.#send(authorization, judged(decision));
  }

  /** A valid token is not enough: it must have an EVSE that it may use, or a transaction of its group to end. */
  #review(p: Presented, purpose: Purpose, decision: Decision, asked = false): Decision {
    if (decision.do !== "accept") return decision;
    if (purpose.kind === "start") {
      const candidates = p.evse === undefined ? this.#evses : [p.evse];
      const info = withGroup(decision.info, p.groupIdToken);
      if (candidates.some((e) => this.#mayUse(p.token, info, e))) return decision;
      if (this.#mayTakeOver(p, info, purpose.waiter)) return decision;
      if (!asked && this.#mayAsk && candidates.some((e) => this.#standing(p.token, info, e) === "ask")) {
        const why = "reserved for a group: the central system is asked for the card's";
        return { do: "ask", rule: "ask-for-group", why, spec: "1.6 §5.13, 2.0.1 H03.FR.08" };
      }
      const why = "the token is valid, but no EVSE that it may use is free: of other kind, taken or reserved";
      return {
        ...decision,
        do: "reject",
        by: "station",
        status: "NotAllowedTypeEVSE",
        rule: "evse-refused",
        why,
      };
    }
    if (this.#ofGroup(decision.info) !== undefined) return decision;
    if (!asked && this.#mayAsk) {
      const why = "another card than the one that charges: the central system is asked for its group";
      return { do: "ask", rule: "ask-for-group", why, spec: "1.6 §4.1, 2.0.1 C09.FR.05" };
    }
    const why = "the token is valid, but the running transaction belongs to another card and another group";
    return {
      ...decision,
      do: "reject",
      by: "station",
      rule: "not-of-group",
      why,
      spec: "1.6 §3.10, 2.0.1 C09.FR.11",
    };
  }

  #mayTakeOver(p: Presented, info: IdTokenInfo | undefined, waiter: Authorization | undefined): boolean {
    const evse = waiter?.evse;
    if (waiter === undefined || evse === undefined || !this.#live.has(waiter) || evse.plugged) return false;
    const standing = this.#reservations.standing(evse, p.token, info);
    return isNamed(info, evse) && (standing === "own" || standing === "open");
  }

  get #mayAsk(): boolean {
    return this.#kit.online() && !this.#kit.settings.flag("AuthCtrlr.DisableRemoteAuthorization");
  }

  /** How a token stands to an EVSE's reservations; closed when it is not free, or idTokenInfo names others. */
  #standing(token: IdToken, info: IdTokenInfo | undefined, evse: Evse): Standing {
    return evse.free && isNamed(info, evse) ? this.#reservations.standing(evse, token, info) : "closed";
  }

  #mayUse(token: IdToken, info: IdTokenInfo | undefined, evse: Evse): boolean {
    const standing = this.#standing(token, info, evse);
    return standing === "own" || standing === "open";
  }

  #ofGroup(info: IdTokenInfo | undefined): Evse | undefined {
    return this.#evses.find(
      (e) => e.transaction?.sharesGroup(info) === true || e.lock?.isOfGroup(info) === true,
    );
  }

  #announce(p: Presented, d: Decision, began: number): Verdict {
    const accepted = d.do === "accept";
    const verdict: Verdict = {
      token: p.token,
      outcome: accepted ? "accepted" : "rejected",
      by: d.do === "ask" ? "station" : d.by,
      status: d.do === "ask" ? "Unknown" : d.status,
      why: d.why,
      spec: d.spec,
      ...(d.do !== "ask" && d.info !== undefined ? { info: d.info } : {}),
    };
    this.#kit.fact({ kind: "verdict", ...verdict, ms: this.#kit.ticks() - began });
    if (p.remoteStartId === undefined) this.#signal(verdict.outcome, p.uid);
    return verdict;
  }

  #accepted(p: Presented, purpose: Purpose, a: Authorization, decision: Decision): void {
    const info = decision.do === "ask" ? undefined : decision.info;
    if (purpose.kind === "final") {
      purpose.act();
      this.#send(a, { type: "USED" });
      return;
    }
    if (purpose.kind === "stop") {
      this.#ofGroup(info)?.finish(p.token);
      this.#send(a, { type: "USED" });
      return;
    }
    if (purpose.waiter !== undefined && this.#live.has(purpose.waiter)) {
      purpose.waiter.replaced = true;
      this.#send(purpose.waiter, { type: "CANCEL" });
    }
    this.#place(p, a, info);
  }

  /** The one reserved for it first, then a plugged EVSE; without one, the only free EVSE; with several, the cable decides. */
  #place(p: Presented, a: Authorization, said: IdTokenInfo | undefined): void {
    const info = withGroup(said, p.groupIdToken);
    a.holder = {
      token: p.token,
      ...(info === undefined ? {} : { info }),
      ...(p.remoteStartId === undefined ? {} : { remoteStartId: p.remoteStartId }),
      ...(p.chargingProfile === undefined ? {} : { chargingProfile: p.chargingProfile }),
      used: () => this.#send(a, { type: "USED" }),
    };
    const free = (p.evse === undefined ? this.#evses : [p.evse]).filter((e) =>
      this.#mayUse(p.token, info, e),
    );
    const own = free.find((e) => this.#standing(p.token, info, e) === "own");
    const evse = own ?? free.find((e) => e.plugged) ?? (free.length === 1 ? free[0] : undefined);
    if (evse === undefined) return;
    a.evse = evse;
    evse.authorize(a.holder);
  }

  #gaveUp(a: Authorization, why: "timeout" | "cancelled"): void {
    const taken = a.replaced === true ? "another card took its place" : "authorization taken back";
    const text = why === "timeout" ? "no cable within ConnectionTimeOut" : taken;
    this.#kit.fact({ kind: "authorization", event: why, idToken: a.token, why: text });
    a.evse?.release(text);
  }
}

function refuse(rule: string, why: string, spec: string): Purpose {
  return { kind: "final", decision: decided("reject", "station", "Invalid", rule, why, spec), act: () => {} };
}

/** evseId in idTokenInfo limits where a token may charge (C01.FR.20). */
function isNamed(info: IdTokenInfo | undefined, evse: Evse): boolean {
  const only = info?.evseId;
  return only === undefined || only.length === 0 || only.includes(evse.evseId);
}
