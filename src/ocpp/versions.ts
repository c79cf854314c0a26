import { AppError } from "../util/errors.ts";
import type { Dialect, Messages } from "./dialect.ts";
import type { OcppVersion } from "./rpc/types.ts";
import { defined } from "./wire.ts";

export interface VersionEntry extends Omit<Dialect, "version" | keyof Messages> {
  /** Messages are loaded when the version is used: a fleet of one version carries one. */
  readonly messages: () => Promise<Messages>;
}

/** Every OCPP version of this house. */
export const versions: Readonly<Record<OcppVersion, VersionEntry>> = {
  "1.6": {
    subprotocol: "ocpp1.6",
    traits: {
      typedTokens: false,
      idTokenMax: 20,
      offlineThreshold: false,
      nineStates: true,
      samplesInEnd: true,
      queuesReadings: true,
    },
    silentWhileRejected: true,
    messages: () => import("./v16/index.ts"),
  },
  "2.0.1": {
    subprotocol: "ocpp2.0.1",
    traits: {
      typedTokens: true,
      idTokenMax: 36,
      offlineThreshold: true,
      nineStates: false,
      tokenUsesReservation: true,
    },
    silentWhileRejected: false,
    messages: () => import("./v201/index.ts"),
  },
};

/** Is this a version of this house? */
export function isOcppVersion(text: string): text is OcppVersion {
  return Object.hasOwn(versions, text);
}

/**
 * Loads the dialects of these versions, in the same order: the order of preference.
 * @throws AppError `config.invalid` for a version that this house has not.
 */
export function loadDialects(wanted: readonly string[]): Promise<Dialect[]> {
  return Promise.all(wanted.map(loadDialect));
}

async function loadDialect(version: string): Promise<Dialect> {
  if (!isOcppVersion(version)) {
    throw new AppError("config.invalid", `OCPP version "${version}" is not supported`, {
      hint: `Use one of: ${Object.keys(versions).join(", ")}.`,
    });
  }
  const { messages, ...entry } = versions[version];
  const { inbound, outgoing, forget } = await messages();
  return { version, ...entry, inbound, outgoing, ...defined({ forget }) };
}
