import type { BenchAnswer } from "../../app/bench.ts";
import type { Tapped } from "../../app/card-source.ts";
import type { StationDefinition } from "../../drivers/definitions.ts";
import { CardUid, ID_TAG_MAX, idTokenOf } from "../../station/card.ts";
import { readings, spell, uidWarnings } from "../../station/spellings.ts";

/** What `tap` says of a card; with `--json` as it stands. */
export interface CardReport {
  readonly time: string;
  /** What the station model sends: the one to whitelist. */
  readonly hiddenId: string;
  readonly uid: string;
  readonly bytes: number;
  readonly reader: string;
  readonly cardType?: string;
  /** The UID is made anew at each tap. */
  readonly random: boolean;
  readonly model: string;
  readonly length: number;
  /** Does the Hidden ID fit into OCPP 1.6's idTag? 2.0.1 has room for any. */
  readonly fitsIdTag: boolean;
  readonly spellings: readonly ReportedSpelling[];
  readonly warnings: readonly string[];
  readonly answer?: ReportedAnswer;
}

export interface ReportedSpelling {
  readonly id: string;
  readonly text: string;
  readonly what: string;
  readonly usedBy: string;
  /** Is it the Hidden ID, to the letter? */
  readonly sent: boolean;
  readonly fitsIdTag: boolean;
  /** What of the UID cannot be told from it. */
  readonly loses?: string;
}

/** What the central system said of the card. */
export interface ReportedAnswer {
  readonly csms: string;
  readonly ocpp: string;
  /** Absent when there was no answer. */
  readonly status?: string;
  readonly ms: number;
  readonly expiry?: string;
  readonly group?: string;
  /** Why: the built-in central system's words, or why there was no answer. */
  readonly why?: string;
  /** What puts the card on the whitelist, when the built-in central system does not know it. */
  readonly next?: string;
  /** Why a station with the stored list, cache and settings would not have asked. */
  readonly notAsked?: string;
}

/** A UID as an argument, a line, or with the label of the named pipe: `ISO14443:04A2241BC85E80`. */
export function typedCard(text: string, from: string): Tapped {
  const label = /^(?![0-9a-f]{2}:)[a-z][a-z0-9 ]*:\s*/i;
  return { uid: CardUid.parse(text.trim().replace(label, "")), reader: from, typed: true };
}

/** Everything about a card that its UID, its reader and the station model tell. */
export function cardReport(
  { uid, reader, cardType, typed = false }: Tapped,
  model: StationDefinition,
  now: number,
): CardReport {
  const hiddenId = idTokenOf(uid, model.idToken, Number.POSITIVE_INFINITY).idToken;
  const spelled = spell(uid).map(({ spelling: { id, what, usedBy, loses }, text }) => ({
    id,
    text,
    what,
    usedBy,
    sent: text === hiddenId,
    fitsIdTag: fits(text),
    ...(loses === undefined ? {} : { loses }),
  }));
  return {
    time: new Date(now).toISOString(),
    hiddenId,
    uid: uid.hex,
    bytes: uid.bytes.length,
    reader,
    ...(cardType === undefined ? {} : { cardType }),
    random: uid.isRandom,
    model: model.id,
    length: hiddenId.length,
    fitsIdTag: fits(hiddenId),
    spellings: [...ownSpelling(hiddenId, spelled, model), ...spelled],
    warnings: [...uidWarnings(uid), ...digitWarnings(uid, typed)],
  };
}

/** Who types ten digits from a card or a list may mean a decimal number. */
function digitWarnings(uid: CardUid, typed: boolean): readonly string[] {
  const decimal = readings(uid.hex).filter((reading) => reading.spelling.id.startsWith("decimal"));
  const others = [...new Set(decimal.map((reading) => reading.uid.hex))];
  if (!typed || others.length === 0) return [];
  return [`These digits were read as hex. If they are a decimal number, the UID is ${others.join(" or ")}.`];
}

const fits = (text: string): boolean => text.length <= ID_TAG_MAX;

/** A model that spells UIDs as nobody else does gets a row of its own. */
function ownSpelling(
  text: string,
  others: readonly ReportedSpelling[],
  { id }: StationDefinition,
): readonly ReportedSpelling[] {
  if (others.some((s) => s.sent)) return [];
  const what = `as the model ${id} spells it`;
  return [{ id: "model", text, what, usedBy: id, sent: true, fitsIdTag: fits(text) }];
}

/** The central system's answer as it is reported. */
export function reportedAnswer(csms: string, { answer, ocpp, ms, why }: BenchAnswer): ReportedAnswer {
  if (!answer.ok) return { csms, ocpp, ms, why: answer.detail };
  const { status, cacheExpiryDateTime, groupIdToken } = answer.value.idTokenInfo;
  return {
    csms,
    ocpp,
    status,
    ms,
    ...(cacheExpiryDateTime === undefined ? {} : { expiry: cacheExpiryDateTime }),
    ...(groupIdToken === undefined ? {} : { group: groupIdToken.idToken }),
    ...(why === undefined ? {} : { why }),
  };
}
