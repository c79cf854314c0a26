import type {
  AccessFact,
  CardFact,
  Fact,
  FactBody,
  FrameFact,
  VerdictFact,
} from "../../src/station/facts.ts";

/** A fact of CP001 at so many milliseconds after 2030-01-01. */
export function fact(body: FactBody, ms = 0, more: Partial<Pick<Fact, "station" | "source">> = {}): Fact {
  const time = new Date(Date.UTC(2030, 0, 1) + ms).toISOString();
  return { ...body, time, station: "CP001", source: "station", ...more };
}

/** A numbered fact of the smallest kind. */
export const numbered = (n: number): Fact => fact({ kind: "control", verb: "tap", args: [`CARD${n}`] }, n);

export function call(
  action: string,
  payload: unknown,
  direction: "out" | "in" = "out",
  id = "m1",
): FrameFact {
  const raw = JSON.stringify([2, id, action, payload]);
  return { kind: "frame", direction, messageType: "CALL", messageId: id, action, payload, raw };
}

export function result(
  action: string,
  payload: unknown,
  direction: "out" | "in" = "in",
  id = "m1",
): FrameFact {
  const raw = JSON.stringify([3, id, payload]);
  return { kind: "frame", direction, messageType: "CALLRESULT", messageId: id, action, payload, raw, ms: 12 };
}

export const presented: CardFact = {
  kind: "card",
  event: "presented",
  reader: "virtual",
  uid: "04A2241BC85E80",
};

export const verdict: VerdictFact = {
  kind: "verdict",
  token: { idToken: "04a2241bc85e80", type: "ISO14443" },
  outcome: "accepted",
  by: "csms",
  status: "Accepted",
  why: "the central system said so",
  ms: 20,
};

export const access: AccessFact = {
  kind: "access",
  idToken: "04A2241BC85E80",
  status: "Accepted",
  mode: "Whitelisting",
  modeFrom: "asset",
  free: true,
  why: "on the whitelist",
};
