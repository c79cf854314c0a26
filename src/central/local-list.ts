import type { OcppVersion } from "../ocpp/rpc/types.ts";
import type { IdToken, IdTokenInfo } from "../station/types.ts";
import { AppError } from "../util/errors.ts";
import type { Card } from "./records.ts";

/** An entry of a Local Authorization List; without `info` it takes the token off the list. */
export interface LocalListEntry {
  readonly token: IdToken;
  readonly info?: IdTokenInfo;
}

/** Cards as a station's local list has them: blocked ones stand in it as Blocked, so that they are refused offline too. */
export function listEntries(
  cards: readonly Card[],
  typeOf: (hiddenId: string) => IdToken["type"],
): LocalListEntry[] {
  return cards.map(({ hiddenId, blocked, expiry }) => ({
    token: { idToken: hiddenId, type: typeOf(hiddenId) },
    info: {
      status: blocked ? "Blocked" : "Accepted",
      ...(expiry === undefined ? {} : { cacheExpiryDateTime: expiry }),
    },
  }));
}

const keyOf = ({ token }: LocalListEntry): string => `${token.type}:${token.idToken.toUpperCase()}`;
const infoKey = (info: IdTokenInfo | undefined): string =>
  `${info?.status} ${info?.cacheExpiryDateTime ?? ""} ${info?.groupIdToken?.idToken ?? ""}`;

/** What makes the list that a station has into the wanted one: entries that are new or differ, and those that go. */
export function listDifference(
  has: readonly LocalListEntry[],
  wanted: readonly LocalListEntry[],
): LocalListEntry[] {
  const there = new Map(has.map((entry) => [keyOf(entry), infoKey(entry.info)]));
  const stays = new Set(wanted.map(keyOf));
  const changed = wanted.filter((entry) => there.get(keyOf(entry)) !== infoKey(entry.info));
  const gone = has.filter((entry) => !stays.has(keyOf(entry)));
  return [...changed, ...gone.map(({ token }) => ({ token }))];
}

type WireList = readonly object[];

/** How each OCPP version writes entries and messages, and how long a token may be. */
const dialects: Readonly<
  Record<
    OcppVersion,
    {
      max: number;
      entry(e: LocalListEntry): object;
      message(type: string, version: number, list: WireList): object;
    }
  >
> = {
  "1.6": {
    max: 20,
    entry: ({ token, info }) => ({
      idTag: token.idToken,
      ...(info === undefined
        ? {}
        : {
            idTagInfo: {
              status: info.status,
              ...(info.cacheExpiryDateTime === undefined ? {} : { expiryDate: info.cacheExpiryDateTime }),
            },
          }),
    }),
    message: (updateType, listVersion, localAuthorizationList) => ({
      listVersion,
      updateType,
      localAuthorizationList,
    }),
  },
  "2.0.1": {
    max: 36,
    entry: ({ token, info }) => ({ idToken: token, ...(info === undefined ? {} : { idTokenInfo: info }) }),
    // An empty list is none (2.0.1 D01.FR.04).
    message: (updateType, versionNumber, list) => ({
      versionNumber,
      updateType,
      ...(list.length === 0 ? {} : { localAuthorizationList: list }),
    }),
  },
};

/**
 * Entries as this OCPP version writes them (1.6 §7.1 AuthorizationData, 2.0.1 AuthorizationDataType).
 * @throws AppError `input.invalid` when a token is too long for it
 */
export function wireEntries(entries: readonly LocalListEntry[], ocpp: OcppVersion): object[] {
  const { max, entry } = dialects[ocpp];
  const long = entries.filter(({ token }) => token.idToken.length > max).map(({ token }) => token.idToken);
  if (long.length > 0) {
    throw new AppError(
      "input.invalid",
      `Too long for OCPP ${ocpp}, which allows ${max} characters: ${long.slice(0, 5).join(", ")}`,
      {
        hint: "No station can send them: correct the cards, or remove them (tapstation cards remove).",
      },
    );
  }
  return entries.map(entry);
}

/** What a SendLocalList may hold at most. */
export interface ListLimits {
  /** 1.6 SendLocalListMaxLength, 2.0.1 LocalAuthListCtrlr.ItemsPerMessage. */
  readonly items: number;
  /** 2.0.1 LocalAuthListCtrlr.BytesPerMessage: of the entries as JSON. */
  readonly bytes: number;
}

/**
 * SendLocalList requests that bring these entries to a station, to be sent in order, each with a version one higher
 * than the one before. A full update that does not fit one message goes on as differential ones (1.6 §6.41, D01).
 */
export function sendLocalLists(
  entries: readonly LocalListEntry[],
  o: {
    readonly ocpp: OcppVersion;
    readonly type: "Full" | "Differential";
    readonly version: number;
    readonly limits: ListLimits;
  },
): object[] {
  const { message } = dialects[o.ocpp];
  const parts = portions(wireEntries(entries, o.ocpp), o.limits);
  if (parts.length === 0 && o.type === "Full") parts.push([]);
  return parts.map((part, i) => message(i === 0 ? o.type : "Differential", o.version + i, part));
}

function portions(entries: readonly object[], { items, bytes }: ListLimits): object[][] {
  const parts: object[][] = [];
  let part: object[] = [];
  let size = 0;
  for (const entry of entries) {
    const length = Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (part.length > 0 && (part.length >= items || size + length > bytes)) {
      parts.push(part);
      part = [];
      size = 0;
    }
    part.push(entry);
    size += length;
  }
  return part.length === 0 ? parts : [...parts, part];
}
