import type { IdToken, StoppedReason } from "./types.ts";

/** One reading in a transaction, to be signed. */
export interface OcmfReading {
  /** Who signs: the station, as OCMF's gateway. */
  readonly gateway: { readonly id: string; readonly serial: string; readonly version?: string };
  readonly meterSerial: string;
  /** Charge box id and connector. */
  readonly chargePoint: string;
  /** Counts the station's signed readings of this meter. */
  readonly page: number;
  readonly token: IdToken;
  /** Started by the central system. */
  readonly remote: boolean;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Is the clock set by the central system? */
  readonly synchronized: boolean;
  readonly reason: "B" | EndLetter;
  readonly wh: number;
  readonly current: "AC" | "DC";
}

type EndLetter = "E" | "L" | "R" | "A" | "P";

const ends: Partial<Record<StoppedReason, EndLetter>> = {
  Local: "L",
  Remote: "R",
  PowerLoss: "P",
  EmergencyStop: "A",
  DeAuthorized: "A",
  GroundFault: "A",
  OvercurrentFault: "A",
  PowerQuality: "A",
  Other: "A",
};

/** OCMF's letter for the end of a transaction (table 7, TX). */
export const endLetter = (reason: StoppedReason): EndLetter => ends[reason] ?? "E";

/** Table 17: what kind of token it is. Its text is left out where it is a secret. */
const kinds: Partial<Record<IdToken["type"], string>> = {
  ISO14443: "ISO14443",
  ISO15693: "ISO15693",
  eMAID: "EMAID",
  Central: "CENTRAL",
  Local: "LOCAL",
  KeyCode: "KEY_CODE",
};

/**
 * The payload section of an OCMF 1.0 data set (S.A.F.E., Open Charge Metering Format): exactly the text that is signed.
 * Energy is in kWh with its decimals kept; no `|` can occur, because it separates sections.
 */
export function ocmfPayload(r: OcmfReading): string {
  const payload = {
    FV: "1.0",
    GI: r.gateway.id,
    GS: r.gateway.serial,
    ...(r.gateway.version === undefined ? {} : { GV: r.gateway.version }),
    PG: `T${r.page}`,
    MV: "tapstation",
    MM: "virtual",
    MS: r.meterSerial,
    IS: true,
    IL: r.remote ? "TRUSTED" : "HEARSAY",
    IF: r.remote ? ["RFID_NONE", "OCPP_RS"] : ["RFID_PLAIN", "OCPP_AUTH"],
    IT: kinds[r.token.type] ?? "UNDEFINED",
    ...(r.token.type === "KeyCode" ? {} : { ID: r.token.idToken }),
    CT: "CBIDC",
    CI: r.chargePoint,
    RD: [
      {
        TM: `${r.at.replace(".", ",").replace("Z", "+0000")} ${r.synchronized ? "S" : "I"}`,
        TX: r.reason,
        RV: (r.wh / 1000).toFixed(3),
        RI: "1-b:1.8.0",
        RU: "kWh",
        RT: r.current,
        EF: "",
        ST: "G",
      },
    ],
  };
  // A number, but with the decimals that the meter has.
  return JSON.stringify(payload)
    .replace(/"RV":"([\d.]+)"/, '"RV":$1')
    .replaceAll("|", "\\u007c");
}

/** The whole data set: header, payload, and the signature (DER, hex) over the payload. */
export const ocmfText = (payload: string, method: string, signature: string): string =>
  `OCMF|${payload}|${JSON.stringify({ SA: method, SD: signature })}`;
