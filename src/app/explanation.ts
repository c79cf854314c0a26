import { ACCESS_MODES, type AccessQuestion, decideAccess } from "../central/access.ts";
import type { Book, Card } from "../central/index.ts";
import type { StationDefinition } from "../drivers/definitions.ts";
import {
  type CentralSays,
  type Change,
  type Circumstances,
  changes,
  type Difference,
  differences,
  type Outcome,
  outcomeOf,
} from "../station/authorization/explain.ts";
import { CardUid, idTokenOf } from "../station/card.ts";
import type { IdToken } from "../station/types.ts";
import { isAppError } from "../util/errors.ts";
import type { Config } from "./config.ts";
import { dataFiles, isThere } from "./paths.ts";
import { StationState } from "./station-state.ts";

/** What is to be explained. */
export interface ExplainRequest {
  /** A UID, an idToken, a visible ID or a nickname. */
  readonly card: string;
  /** Take `card` as the token itself, also when it looks like a UID or names a card. */
  readonly asIs?: boolean;
  readonly online: boolean;
  /** Settings that count instead of the stored ones, by 1.6 key or 2.0.1 name; undefined: the model's. */
  readonly keys: Readonly<Record<string, string | undefined>>;
  /** The moment, milliseconds since the epoch. */
  readonly at: number;
  /** Look at list and cache without what was written after that moment. */
  readonly asThen?: boolean;
}

/** A decision with all that led to it, and what else would have come of what else. */
export interface Explanation {
  readonly station: string;
  readonly at: string;
  readonly token: IdToken;
  /** The UID that the model makes this token of; absent when the token itself was given. */
  readonly uid?: string;
  /** The card that was meant, when the central system knows it. */
  readonly card?: { readonly nickname: string; readonly user: string; readonly hiddenId: string };
  readonly circumstances: Circumstances;
  readonly outcome: Outcome;
  readonly differences: readonly Difference[];
  /** What the built-in central system goes by; absent for another one, or when there is none yet. */
  readonly access?: { readonly mode: string; readonly from: "location" | "asset" };
  readonly notes: readonly string[];
}

/**
 * Explains what a station, as it lies in the data directory, does with a card. Reads only, also beside a running
 * station.
 * @throws AppError `usage` for keys, `input.invalid` for what is no token, `store.*`
 */
export async function explain(
  config: Pick<Config, "id" | "data" | "csms" | "ocpp">,
  model: StationDefinition,
  request: ExplainRequest,
): Promise<Explanation> {
  const state = new StationState(
    config,
    model,
    request.keys,
    request.asThen === true ? request.at : undefined,
  );
  const book = config.csms === undefined ? await openBookOf(config.data) : undefined;
  try {
    const { token, uid, card } = meant(request, state, book, model, config.ocpp[0] !== "1.6");
    const question = book && accessQuestion(book, config.id, token, request.at);
    const central = question && centralSays(question);
    const own = state.circumstances(token, request.at, request.online);
    const circumstances: Circumstances = central === undefined ? own : { ...own, central };
    const tried = [...changes(circumstances), ...centralChanges(circumstances, question)];
    return {
      station: config.id,
      at: new Date(request.at).toISOString(),
      token,
      ...(uid === undefined ? {} : { uid }),
      ...(card === undefined
        ? {}
        : { card: { nickname: card.nickname, user: card.user, hiddenId: card.hiddenId } }),
      circumstances,
      outcome: outcomeOf(circumstances),
      differences: differences(circumstances, tried),
      ...(question === undefined ? {} : { access: { mode: question.mode, from: question.modeFrom } }),
      notes: notesOf(state, config, token, request),
    };
  } finally {
    state.close();
    book?.close();
  }
}

/** Why a station as it lies here would not send Authorize for a card; undefined when it would. */
export async function whyNotAsked(
  config: Config,
  model: StationDefinition,
  hiddenId: string,
  now: number,
): Promise<string | undefined> {
  const at = { card: hiddenId, asIs: true, online: true, keys: {}, at: now };
  const { outcome } = await explain(config, model, at);
  return outcome.asks ? undefined : outcome.why;
}

async function openBookOf(data: string): Promise<Book> {
  const { central } = dataFiles(data);
  // What a first start would find: the demo's card.
  return (await import("../central/index.ts")).openBook(isThere(central) ? central : ":memory:");
}

const same = (a: string | undefined, b: string): boolean =>
  a?.trim().toUpperCase() === b.trim().toUpperCase();

const isNamed = (c: Card, text: string): boolean =>
  same(c.nickname, text) || same(c.visibleId, text) || same(c.hiddenId, text);

interface Meant {
  readonly token: IdToken;
  readonly uid?: string;
  readonly card?: Card;
}

/** A token that is known as it is written, else a card by its names, else a UID as this model sends it. */
function meant(
  { card: text, asIs = false }: ExplainRequest,
  state: StationState,
  book: Book | undefined,
  model: StationDefinition,
  typed: boolean,
): Meant {
  const card = asIs ? undefined : book?.cards().find((c) => isNamed(c, text));
  const written = state.typed({ idToken: card?.hiddenId ?? text.trim(), type: "ISO14443" });
  const uid = card === undefined && !asIs && !state.holds(written) ? uidOf(text) : undefined;
  if (uid === undefined) return { token: written, ...(card === undefined ? {} : { card }) };
  const made = idTokenOf(uid, model.idToken, Number.POSITIVE_INFINITY);
  const token = state.typed(typed ? made : { ...made, type: "ISO14443" });
  const known = book?.cards().find((c) => same(c.hiddenId, token.idToken));
  return { token, uid: uid.hex, ...(known === undefined ? {} : { card: known }) };
}

function uidOf(text: string): CardUid | undefined {
  try {
    return CardUid.parse(text);
  } catch (e) {
    if (isAppError(e, "input.invalid")) return undefined;
    throw e;
  }
}

/** What the built-in central system would decide by. A station that it has not seen gets the first location's mode. */
function accessQuestion(
  book: Book,
  station: string,
  { idToken }: IdToken,
  now: number,
): AccessQuestion | undefined {
  const [first] = book.locations();
  const known = book.assets().find((a) => a.id === station);
  const access =
    known === undefined
      ? first && { mode: first.accessMode, from: "location" as const }
      : book.accessModeOf(station);
  if (access === undefined) return undefined;
  const organization = known?.organization ?? first?.organization;
  const card = book.cards().find((c) => same(c.hiddenId, idToken) && c.organization === organization);
  const roaming = book.roamingTokens().find((r) => same(r.idToken, idToken) || same(r.contractId, idToken));
  return {
    mode: access.mode,
    modeFrom: access.from,
    now,
    ...(card === undefined ? {} : { card }),
    ...(roaming === undefined ? {} : { roaming }),
  };
}

const centralSays = (q: AccessQuestion): CentralSays => {
  const { status, why } = decideAccess(q);
  return { status, why };
};

/** Other access modes and other states of the card, each tried in the central system's own table. */
function* centralChanges(c: Circumstances, q: AccessQuestion | undefined): Iterable<Change> {
  if (q === undefined) return;
  const tried = (what: string, other: AccessQuestion): Change => ({
    what,
    to: { ...c, central: centralSays(other) },
  });
  for (const mode of ACCESS_MODES)
    if (mode !== q.mode) yield tried(`the access mode is ${mode}`, { ...q, mode });
  const { card, ...without } = q;
  if (card === undefined) {
    const added = { nickname: "the card", user: "a user", blocked: false };
    yield tried("the card is on the whitelist (tapstation cards add)", { ...q, card: added });
    return;
  }
  yield tried("the card is not on the whitelist", without);
  yield tried(card.blocked ? "the card is not blocked" : "the card is blocked", {
    ...q,
    card: { ...card, blocked: !card.blocked },
  });
  if (card.expiry !== undefined && Date.parse(card.expiry) <= q.now) {
    const { expiry: _, ...lasting } = card;
    yield tried("the card has not expired", { ...q, card: lasting });
  }
}

function notesOf(
  state: StationState,
  { id, csms }: Pick<Config, "id" | "csms">,
  token: IdToken,
  request: ExplainRequest,
): string[] {
  const notes: string[] = [];
  if (!state.known)
    notes.push(
      `The station ${id} has stored nothing here yet: the model's settings count, list and cache are empty.`,
    );
  if (csms !== undefined)
    notes.push("What that central system answers is not known here: it decides when it is asked.");
  if (request.asThen === true && state.cachedSince(token))
    notes.push(
      "The cache's entry was written after that tap and does not count; what stood there before is not kept.",
    );
  return notes;
}
