import type { StationDefinition } from "../drivers/definitions.ts";
import { readJournal } from "../journal/journal.ts";
import type { StoredToken } from "../station/ports.ts";
import { isAppError } from "../util/errors.ts";
import type { Config } from "./config.ts";
import { dataFiles, isThere } from "./paths.ts";
import type { KnownCard } from "./recognise.ts";
import { StationState } from "./station-state.ts";

/** How many of the newest facts of the journal are looked through for tapped cards. */
const LOOKED_THROUGH = 20_000;

type Draft = { -readonly [K in keyof KnownCard]: KnownCard[K] } & { where: string[] };

/** Every card that the data directory knows: whitelist, roaming, list and cache of the station, tapped cards. */
export async function knownCards(
  config: Pick<Config, "data" | "id">,
  model: StationDefinition,
): Promise<readonly KnownCard[]> {
  const all = new Map<string, Draft>();
  const note = (token: string, where: string): Draft => {
    const key = token.toUpperCase();
    const draft = all.get(key) ?? { token, sent: false, where: [] };
    if (!draft.where.includes(where)) draft.where.push(where);
    all.set(key, draft);
    return draft;
  };
  tapped(config, note);
  await fromBook(config, note);
  const state = new StationState(config, model);
  try {
    const { list, cache } = state.entries();
    const shown = (entries: readonly StoredToken[], where: string): void => {
      for (const { token } of entries)
        if (token.type !== "KeyCode") note(token.idToken, `${where} of ${config.id}`);
    };
    shown(list, "the Local Authorization List");
    shown(cache, "the Authorization Cache");
  } finally {
    state.close();
  }
  return [...all.values()];
}

type Note = (token: string, where: string) => Draft;

async function fromBook({ data }: Pick<Config, "data">, note: Note): Promise<void> {
  const { central } = dataFiles(data);
  const { openBook } = await import("../central/index.ts");
  // What a first start would find: the demo's card.
  const book = openBook(isThere(central) ? central : ":memory:");
  try {
    for (const { hiddenId, visibleId, nickname, user } of book.cards()) {
      Object.assign(
        note(hiddenId, "the whitelist"),
        { nickname, user },
        visibleId === undefined ? {} : { visibleId },
      );
    }
    for (const { idToken, contractId, provider } of book.roamingTokens()) {
      const draft = note(idToken, `the roaming hub (${provider})`);
      draft.visibleId ??= contractId;
    }
    for (const { idToken, station } of book.unknownTokens())
      note(idToken, `the unknown cards (tapped at ${station})`).sent = true;
  } finally {
    book.close();
  }
}

/** A verdict's token is what the station made of the card that was presented last before it. */
function tapped({ data }: Pick<Config, "data">, note: Note): void {
  const { journal: file } = dataFiles(data);
  if (!isThere(file)) return;
  try {
    const journal = readJournal(file);
    const presented = new Map<string, string>();
    for (const e of journal.query({ kinds: ["card", "verdict"], source: "station", last: LOOKED_THROUGH })) {
      if (e.kind === "card" && e.event === "presented" && e.uid !== undefined)
        presented.set(e.station, e.uid);
      if (e.kind !== "verdict" || e.token.type === "KeyCode") continue;
      const draft = note(e.token.idToken, `the journal (tapped at ${e.station})`);
      draft.sent = true;
      const uid = presented.get(e.station);
      if (uid !== undefined) draft.uid = uid;
    }
    journal.close();
  } catch (e) {
    // Its writer has only just made it: nothing is in it.
    if (!isAppError(e, "state.conflict")) throw e;
  }
}
