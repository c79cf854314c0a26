import type { FactBody } from "../station/facts.ts";
import type { AuthorizationStatus } from "../station/types.ts";
import type { Clock } from "../util/clock.ts";
import { MASK } from "../util/mask.ts";
import { decideAccess, supportsWhitelisting } from "./access.ts";
import type { Charges } from "./charges.ts";
import type { Ledger, StationRecord } from "./ledger.ts";

/** A token as a station offers it. */
export interface OfferedToken {
  readonly idToken: string;
  /** It is a PIN (2.0.1 type KeyCode): it must not be told or listed. */
  readonly secret?: boolean;
  /** Present when a transaction starts with it: where. */
  readonly starting?: { readonly connector?: number };
  /** Whether the decision is told as a fact: `ifNew`, when Authorize has not just told the same. Default: it is. */
  readonly tell?: "ifNew" | "never";
}

/** What a connection's Authorize told last; a start uses it up. */
export interface Told {
  last?: string;
}

export interface Judgement {
  readonly status: AuthorizationStatus;
  readonly free: boolean;
  /** How long an acceptance holds: the card's expiry. */
  readonly expiry?: string;
}

/** Asks the records, decides, counts unknown tokens, and says so as a fact. The same for every message of both dialects. */
export class Judge {
  readonly #ledger: Ledger;
  readonly #charges: Charges;
  readonly #clock: Clock;
  readonly #say: (station: string, fact: FactBody) => void;

  constructor(o: {
    ledger: Ledger;
    charges: Charges;
    clock: Clock;
    say: (station: string, fact: FactBody) => void;
  }) {
    this.#ledger = o.ledger;
    this.#charges = o.charges;
    this.#clock = o.clock;
    this.#say = o.say;
  }

  judge(station: string, record: StationRecord, token: OfferedToken, told: Told): Judgement {
    const { idToken, starting, secret = false } = token;
    const card = this.#ledger.card(record.organization, idToken);
    const roaming = this.#ledger.roaming(idToken);
    const chargingAt = starting && this.#charges.chargingAt(idToken, station, starting.connector);
    const decision = decideAccess({
      mode: record.mode,
      modeFrom: record.modeFrom,
      now: this.#clock.now(),
      ...(card && { card }),
      ...(roaming && { roaming }),
      ...(chargingAt !== undefined && { chargingAt }),
    });
    if (card === undefined && roaming === undefined && idToken !== "" && !secret) {
      this.#ledger.unknown(record.organization, idToken, station);
    }
    const fact: FactBody = {
      kind: "access",
      idToken: secret ? MASK : idToken,
      status: decision.status,
      mode: record.mode,
      modeFrom: record.modeFrom,
      free: decision.free,
      why: decision.why,
      ...(decision.card && { card: decision.card }),
    };
    if (isNews(token, JSON.stringify(fact), told)) this.#say(station, fact);
    const holds = decision.free && supportsWhitelisting(record.mode) ? card?.expiry : undefined;
    return { status: decision.status, free: decision.free, ...(holds !== undefined && { expiry: holds }) };
  }
}

/** A start says the same as the Authorize before it, as a rule; once is enough for a person. */
function isNews({ tell }: OfferedToken, decision: string, told: Told): boolean {
  if (tell === "never") return false;
  const known = tell === "ifNew" && told.last === decision;
  told.last = tell === "ifNew" ? "" : decision;
  return !known;
}
