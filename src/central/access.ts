import type { AccessFact } from "../station/facts.ts";
import type { AuthorizationStatus } from "../station/types.ts";
import { AppError } from "../util/errors.ts";

/** Who may charge at a station, and whether it costs; set at the location, inherited or set anew at the station. */
export type AccessMode = AccessFact["mode"];

/** All modes, from the most open one. The second and the fourth support whitelisting. */
export const ACCESS_MODES = [
  "Open",
  "Whitelisting",
  "Roaming",
  "Roaming + whitelisting",
] as const satisfies readonly AccessMode[];

/** Does a card on the whitelist charge free of charge in this mode? */
export function supportsWhitelisting(mode: AccessMode): boolean {
  return mode === "Whitelisting" || mode === "Roaming + whitelisting";
}

/**
 * Reads a mode as people type it: any case, with or without blanks around the plus sign.
 * @throws AppError `input.invalid`
 */
export function parseAccessMode(text: string): AccessMode {
  const plain = (t: string) => t.toLowerCase().replace(/[\s_-]/g, "");
  const mode = ACCESS_MODES.find((m) => plain(m) === plain(text));
  if (mode === undefined) {
    throw new AppError("input.invalid", `"${text}" is no access mode`, {
      hint: `Choose one of: ${ACCESS_MODES.join(", ")}.`,
    });
  }
  return mode;
}

/** What the decision needs to know about a card that the organization has on file. */
export interface CardOnFile {
  readonly nickname: string;
  /** The person's name. */
  readonly user: string;
  readonly blocked: boolean;
  /** ISO 8601; absent: never. */
  readonly expiry?: string;
}

/** A contract that the roaming hub knows for the token. */
export interface RoamingContract {
  readonly contractId: string;
  readonly provider: string;
}

export interface AccessQuestion {
  readonly mode: AccessMode;
  readonly modeFrom: "location" | "asset";
  readonly card?: CardOnFile;
  readonly roaming?: RoamingContract;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Where the token charges already; asked when a transaction starts, not when a card is authorized. */
  readonly chargingAt?: string;
}

export interface AccessDecision {
  /** In 2.0.1's words; 1.6 says Invalid for Unknown. */
  readonly status: AuthorizationStatus;
  /** Accepted, and nobody pays. */
  readonly free: boolean;
  /** One sentence for a person. */
  readonly why: string;
  readonly card?: { readonly nickname: string; readonly user: string };
}

export type CardState = "none" | "whitelisted" | "blocked" | "expired";

/** What a card on file is worth at this moment. Blocked weighs more than expired; an expiry at `now` has passed. */
export function cardState(card: CardOnFile | undefined, now: number): CardState {
  if (card === undefined) return "none";
  if (card.blocked) return "blocked";
  if (card.expiry !== undefined && !(Date.parse(card.expiry) > now)) return "expired";
  return "whitelisted";
}

interface Ruling {
  readonly status: AuthorizationStatus;
  readonly free: boolean;
  readonly why: (q: AccessQuestion) => string;
}

const modeOf = (q: AccessQuestion) =>
  `the access mode is ${q.mode} (set at the ${q.modeFrom === "asset" ? "station" : "location"})`;
const cardOf = (q: AccessQuestion) => `Card "${q.card?.nickname}" of ${q.card?.user}`;
const contractOf = (q: AccessQuestion) => `contract ${q.roaming?.contractId} of ${q.roaming?.provider}`;

const OPEN: Ruling = {
  status: "Accepted",
  free: true,
  why: (q) => `No card is checked and nobody is billed, because ${modeOf(q)}.`,
};
const FREE: Ruling = {
  status: "Accepted",
  free: true,
  why: (q) => `${cardOf(q)} is whitelisted and charges free of charge, because ${modeOf(q)}.`,
};
const PAID: Ruling = {
  status: "Accepted",
  free: false,
  why: (q) => `The card holder pays with ${contractOf(q)}, because ${modeOf(q)}.`,
};
const PAID_SINCE_EXPIRY: Ruling = {
  status: "Accepted",
  free: false,
  why: (q) =>
    `${cardOf(q)} was whitelisted until ${q.card?.expiry}; since then the card holder pays with ${contractOf(q)}.`,
};
const BLOCKED: Ruling = {
  status: "Blocked",
  free: false,
  why: (q) => `${cardOf(q)} is blocked.`,
};
const EXPIRED: Ruling = {
  status: "Expired",
  free: false,
  why: (q) => `${cardOf(q)} was whitelisted until ${q.card?.expiry}.`,
};
const NOT_LISTED = "No card with this Hidden ID is on the organization's whitelist";
const UNKNOWN_WHERE = {
  Whitelisting: NOT_LISTED,
  Roaming: "No roaming contract is known for this token",
  "Roaming + whitelisting": `${NOT_LISTED}, no roaming contract is known for it`,
};
const UNKNOWN: Ruling = {
  status: "Unknown",
  free: false,
  why: (q) => `${UNKNOWN_WHERE[q.mode as keyof typeof UNKNOWN_WHERE]}, and ${modeOf(q)}.`,
};
/** Known to somebody, but not to those whom the mode asks: Invalid in both dialects. */
const ROAMING_NOT_ASKED: Ruling = {
  status: "Invalid",
  free: false,
  why: (q) => `The token belongs to ${contractOf(q)}, but ${modeOf(q)}, which takes whitelisted cards only.`,
};
const WHITELIST_NOT_READ: Ruling = {
  status: "Invalid",
  free: false,
  why: (q) => `${cardOf(q)} is on file, but ${modeOf(q)}, which does not read the whitelist.`,
};

/** Mode, then what the card on file is worth, then: [no roaming contract, a roaming contract]. */
const TABLE: Record<AccessMode, Record<CardState, readonly [Ruling, Ruling]>> = {
  Open: {
    none: [OPEN, OPEN],
    whitelisted: [OPEN, OPEN],
    blocked: [OPEN, OPEN],
    expired: [OPEN, OPEN],
  },
  Whitelisting: {
    none: [UNKNOWN, ROAMING_NOT_ASKED],
    whitelisted: [FREE, FREE],
    blocked: [BLOCKED, BLOCKED],
    expired: [EXPIRED, EXPIRED],
  },
  Roaming: {
    none: [UNKNOWN, PAID],
    whitelisted: [WHITELIST_NOT_READ, PAID],
    blocked: [WHITELIST_NOT_READ, PAID],
    expired: [WHITELIST_NOT_READ, PAID],
  },
  "Roaming + whitelisting": {
    none: [UNKNOWN, PAID],
    whitelisted: [FREE, FREE],
    // Blocking is a refusal of the person; expiry only ends the free charging.
    blocked: [BLOCKED, BLOCKED],
    expired: [EXPIRED, PAID_SINCE_EXPIRY],
  },
};

/**
 * The central system's decision about a token. Pure. A token that charges elsewhere is ConcurrentTx where cards are
 * checked at all (1.6 §7.2, 2.0.1 AuthorizationStatusEnumType: only when a transaction starts).
 */
export function decideAccess(q: AccessQuestion): AccessDecision {
  const ruling = TABLE[q.mode][cardState(q.card, q.now)][q.roaming === undefined ? 0 : 1];
  const card = q.card && { card: { nickname: q.card.nickname, user: q.card.user } };
  if (ruling.status === "Accepted" && q.mode !== "Open" && q.chargingAt !== undefined) {
    const why = `The token charges already at ${q.chargingAt}, and one transaction a token is allowed.`;
    return { status: "ConcurrentTx", free: false, why, ...card };
  }
  return { status: ruling.status, free: ruling.free, why: ruling.why(q), ...card };
}
