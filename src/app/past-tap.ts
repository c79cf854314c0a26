import { readJournal } from "../journal/journal.ts";
import type { JournalEntry, JournalReader } from "../journal/types.ts";
import type { AccessFact, VerdictFact } from "../station/facts.ts";
import { AppError } from "../util/errors.ts";
import { dataFiles, isThere } from "./paths.ts";

/** Which tap of the journal: the n-th from the end (1 is the last), or the last one up to a moment (ISO 8601). */
export type WhichTap = { readonly fromEnd: number } | { readonly until: string };

/** A tap as the journal has it. */
export interface PastTap {
  readonly time: string;
  readonly uid?: string;
  readonly reader?: string;
  readonly verdict: VerdictFact;
  /** Was an Authorize sent for it, and how long did its answer take? */
  readonly authorize?: { readonly ms?: number };
  /** What the built-in central system said of it. */
  readonly access?: AccessFact;
  /** Connected and accepted when the card came. */
  readonly online: boolean;
  /** Settings that were changed later, as they were then: undefined is the model's own value. */
  readonly settingsThen: Readonly<Record<string, string | undefined>>;
}

/** How many facts before a verdict belong to its tap at most. */
const NEAR = 200;

/**
 * Finds a tap in the journal.
 * @throws AppError `state.conflict` when there is no such tap, `store.*`
 */
export function pastTap(data: string, station: string, which: WhichTap): PastTap {
  const { journal: file } = dataFiles(data);
  if (!isThere(file)) throw noTap(station, "nothing was recorded there yet");
  const journal = readJournal(file);
  try {
    const found =
      "fromEnd" in which
        ? journal.query({ kinds: ["verdict"], station, last: which.fromEnd })
        : journal.query({ kinds: ["verdict"], station, until: which.until, last: 1 });
    const [entry] = found;
    if (entry?.kind !== "verdict") throw noTap(station, "none is recorded");
    if ("fromEnd" in which && found.length < which.fromEnd)
      throw noTap(station, `only ${found.length} are recorded`);
    return read(journal, entry, station);
  } finally {
    journal.close();
  }
}

function read(journal: JournalReader, verdict: JournalEntry & VerdictFact, station: string): PastTap {
  const after = new Date(Date.parse(verdict.time) + 1).toISOString();
  const around = journal.query({ station, until: after, last: NEAR }).filter((e) => e.seq < verdict.seq);
  const card = around.findLast((e) => e.kind === "card" && e.event === "presented");
  const since = card?.seq ?? verdict.seq;
  const tap = around.filter((e) => e.seq >= since);
  const call = tap.find((e) => e.kind === "frame" && e.action === "Authorize" && e.messageType === "CALL");
  const answer = tap.find((e) => e.kind === "frame" && e.action === "Authorize" && e.messageType !== "CALL");
  const access = tap.findLast((e) => e.kind === "access");
  const time = card?.time ?? verdict.time;
  return {
    time,
    ...(card?.kind === "card" && card.uid !== undefined ? { uid: card.uid, reader: card.reader } : {}),
    verdict,
    ...(call === undefined
      ? {}
      : { authorize: answer?.kind === "frame" && answer.ms !== undefined ? { ms: answer.ms } : {} }),
    ...(access?.kind === "access" ? { access } : {}),
    online: call !== undefined || wasOnline(journal, station, time, since),
    settingsThen: settingsAt(journal, station, since),
  };
}

/** The last word on the connection before the card. */
function wasOnline(journal: JournalReader, station: string, time: string, seq: number): boolean {
  const until = new Date(Date.parse(time) + 1).toISOString();
  const last = (kind: "link" | "registration") =>
    journal
      .query({ kinds: [kind], station, source: "station", until, last: NEAR })
      .findLast((e) => e.seq < seq);
  const link = last("link");
  const registration = last("registration");
  return (
    link?.kind === "link" &&
    link.state === "connected" &&
    registration?.kind === "registration" &&
    registration.status === "Accepted"
  );
}

/** Of every setting that was changed after that place: what it was changed to last before. */
function settingsAt(
  journal: JournalReader,
  station: string,
  seq: number,
): Record<string, string | undefined> {
  const all = journal.query({ kinds: ["setting"], station });
  const then: Record<string, string | undefined> = {};
  for (const e of all) if (e.kind === "setting" && e.seq > seq) then[e.name] = undefined;
  for (const e of all) if (e.kind === "setting" && e.seq < seq && e.name in then) then[e.name] = e.value;
  return then;
}

function noTap(station: string, why: string): AppError {
  return new AppError("state.conflict", `There is no such tap of ${station} in the journal: ${why}`, {
    hint: "tapstation log --kind verdict shows the taps; --id names another station, --data another directory.",
  });
}
