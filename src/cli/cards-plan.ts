import type { Book, Card, OfOrganization } from "../central/index.ts";
import { AppError, errorText, isAppError } from "../util/errors.ts";
import type { CardField, CardRow, Place } from "./cards-file.ts";
import { ownerOf } from "./owner.ts";

/** What importing a line does, or would do. */
export interface PlannedCard {
  readonly line: number;
  /** `same`: it is there already, exactly so. `kept`: it is there, differs, and stays as it is. */
  readonly action: "add" | "same" | "kept" | "replace";
  readonly card: Card;
  /** What is odd, or how the card that is there differs. */
  readonly notes: readonly string[];
  /** Users that are added for it. */
  readonly newUsers: readonly string[];
}

/** Why a line cannot be imported. */
export interface BadLine extends Place {
  readonly field: CardField;
  readonly why: string;
}

export interface ImportPlan {
  readonly cards: readonly PlannedCard[];
  readonly bad: readonly BadLine[];
}

export interface ImportOptions {
  readonly of: OfOrganization;
  /** Whose cards they are where the file does not say. */
  readonly user?: string;
  /** Cards that are there and differ become as the file has them. */
  readonly replace: boolean;
  /** Take Hidden IDs exactly as they are written. */
  readonly force: boolean;
  /** Do it when no line is bad; otherwise only find out. */
  readonly apply: boolean;
}

/** A long number as spreadsheets show it: 1.30418E+15. */
const SPREADSHEET = /^\d(?:[.,]\d+)?E\+\d+$/i;

/** What was there before the line. */
class Before {
  /** Cards of the book before the import. */
  readonly cards = new Map<string, Card>();
  /** Lines that were taken. */
  readonly lines = new Map<string, { readonly line: number; readonly card: Card }>();
}

/** Undoes what was only tried. */
class TriedOut extends Error {}

/** Imports all lines or none: every one is tried in the book itself, which says what is wrong with each. */
export function importCards(book: Book, rows: readonly CardRow[], o: ImportOptions): ImportPlan {
  const cards: PlannedCard[] = [];
  const bad: BadLine[] = [];
  const before = new Before();
  try {
    book.atomically(() => {
      for (const card of book.cards(o.of)) before.cards.set(compact(card.hiddenId), card);
      for (const row of rows) {
        try {
          const planned = tried(book, row, o, before);
          const key = compact(planned.card.hiddenId);
          if (!before.lines.has(key)) before.lines.set(key, planned);
          cards.push(planned);
        } catch (e) {
          if (!isAppError(e, "input.invalid", "state.conflict")) throw e;
          bad.push(badLine(row, e));
        }
      }
      if (!o.apply || bad.length > 0) throw new TriedOut();
    });
  } catch (e) {
    if (!(e instanceof TriedOut)) throw e;
  }
  return { cards, bad };
}

function tried(book: Book, row: CardRow, o: ImportOptions, before: Before): PlannedCard {
  try {
    return book.atomically(() => importRow(book, row, o, before));
  } catch (e) {
    if (!(e instanceof Unchanged)) throw e;
    const { card, differs } = e;
    return {
      line: row.line,
      action: differs.length === 0 ? "same" : "kept",
      card,
      notes: differs,
      newUsers: [],
    };
  }
}

/** A field's problem, until the place of the field is known. */
class FieldError extends AppError {
  readonly field: CardField;

  constructor(field: CardField, message: string) {
    super("input.invalid", message);
    this.field = field;
  }
}

function importRow(book: Book, row: CardRow, o: ImportOptions, before: Before): PlannedCard {
  const { fields, line } = row;
  const { hidden_id: hiddenId } = fields;
  if (hiddenId === undefined) throw new FieldError("hidden_id", "there is no Hidden ID");
  if (SPREADSHEET.test(hiddenId) && !o.force)
    throw new FieldError(
      "hidden_id",
      `${hiddenId} was cut by a spreadsheet: make the column text there and export it again`,
    );
  const there = before.cards.get(compact(hiddenId));
  const first = before.lines.get(compact(hiddenId));
  if (first !== undefined) return repeated(row, first.line, first.card);
  const blocked = blockedOf(fields);
  if (there === undefined) {
    const { card, notes, newUsers } = addRow(book, row, o, undefined);
    return { line, action: "add", card: withBlock(book, card, blocked ?? false), notes, newUsers };
  }
  book.removeCard(there.hiddenId, { organization: there.organization });
  const { card, notes, newUsers } = addRow(book, row, o, there);
  const now = withBlock(book, card, blocked ?? there.blocked);
  const differs = differences(there, now);
  if (differs.length === 0 || !o.replace) throw new Unchanged(there, differs);
  return { line, action: "replace", card: now, notes: [...differs, ...notes], newUsers };
}

/** A stack that was read twice: the same card with nothing new said of it is no mistake. */
function repeated({ fields, line }: CardRow, first: number, card: Card): PlannedCard {
  const { hidden_id: hiddenId, nickname, visible_id: visibleId, email } = fields;
  const says = (what: string | undefined, is: string | undefined) => what === undefined || what === is;
  const isSame = says(nickname, card.nickname) && says(visibleId, card.visibleId) && says(email, card.email);
  if (!isSame) throw new FieldError("hidden_id", `${hiddenId} stands in line ${first} already, and differs`);
  return { line, action: "same", card, notes: [`again, as in line ${first}`], newUsers: [] };
}

/** The card that is there stays: what was tried is undone. */
class Unchanged extends Error {
  readonly card: Card;
  readonly differs: readonly string[];

  constructor(card: Card, differs: readonly string[]) {
    super("unchanged");
    this.card = card;
    this.differs = differs;
  }
}

/** What the file does not say is as it was. */
function addRow(
  book: Book,
  { fields }: CardRow,
  o: ImportOptions,
  before: Card | undefined,
): Pick<PlannedCard, "card" | "notes" | "newUsers"> {
  const owner = ownerFor(book, fields, o, before);
  const visibleId = fields.visible_id ?? fields.contract_id ?? before?.visibleId;
  const expiry = fields.expiry ?? before?.expiry;
  const added = book.addCard({
    hiddenId: before?.hiddenId ?? fields.hidden_id ?? "",
    force: o.force || before !== undefined,
    nickname:
      fields.nickname ??
      before?.nickname ??
      `${owner.name}'s card ${(fields.hidden_id ?? "").slice(-4)}`.trim(),
    user: owner.email,
    organization: owner.organization,
    ...(visibleId === undefined ? {} : { visibleId }),
    ...(expiry === undefined ? {} : { expiry: inField("expiry", () => isoTime(expiry)) }),
  });
  return { ...added, newUsers: owner.notes };
}

interface OwnerFor {
  readonly name: string;
  readonly email: string;
  readonly organization: string;
  readonly notes: readonly string[];
}

function ownerFor(
  book: Book,
  fields: CardRow["fields"],
  o: ImportOptions,
  before: Card | undefined,
): OwnerFor {
  const full = [fields.first_name, fields.last_name].filter((part) => part !== undefined).join(" ");
  const said = fields.user ?? (full === "" ? fields.email : full);
  if (said === undefined && before !== undefined) {
    const { user: name, email, organization } = before;
    return { name, email, organization, notes: [] };
  }
  const who = said ?? o.user;
  if (who === undefined)
    throw new FieldError("user", "there is no user: add a column user, or --user for all");
  const field = fields.user !== undefined ? "user" : full !== "" ? "first_name" : "email";
  const { user, notes } = inField(field, () => ownerOf(book, who, fields.email, o.of));
  return { name: user.firstName, email: user.email, organization: user.organization, notes };
}

function isoTime(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new AppError("input.invalid", `"${text}" is no time; write it as 2030-12-31T23:59:59Z`);
  return new Date(time).toISOString();
}

/** What is wrong there is wrong with this field. */
function inField<T>(field: CardField, work: () => T): T {
  try {
    return work();
  } catch (e) {
    if (isAppError(e, "input.invalid", "state.conflict")) throw new FieldError(field, errorText(e));
    throw e;
  }
}

const YES = ["true", "yes", "y", "1", "blocked"];
const NO = ["false", "no", "n", "0"];

/** From `blocked`, or from OCPI's `valid`, which means the opposite. */
function blockedOf({ blocked, valid }: CardRow["fields"]): boolean | undefined {
  const read = (field: CardField, text: string): boolean => {
    if (YES.includes(text.toLowerCase())) return true;
    if (NO.includes(text.toLowerCase())) return false;
    throw new FieldError(field, `"${text}" is neither true nor false`);
  };
  if (blocked !== undefined) return read("blocked", blocked);
  return valid === undefined ? undefined : !read("valid", valid);
}

function withBlock(book: Book, card: Card, blocked: boolean): Card {
  return card.blocked === blocked
    ? card
    : book.blockCard(card.hiddenId, { organization: card.organization, blocked });
}

/** A token without regard to case and to what stands between a UID's bytes. */
const compact = (token: string): string => token.toUpperCase().replace(/[\s:-]/g, "");

/** How the file's card differs from the one that is there. */
function differences(there: Card, file: Card): string[] {
  const of = {
    nickname: "nickname",
    visibleId: "visible ID",
    email: "user",
    expiry: "expiry",
    blocked: "blocked",
  } as const;
  return Object.entries(of).flatMap(([key, name]) => {
    const [a, b] = [there[key as keyof typeof of], file[key as keyof typeof of]];
    return a === b ? [] : [`${name} is ${a ?? "not set"}, in the file ${b ?? "not set"}`];
  });
}

function badLine(row: CardRow, e: AppError): BadLine {
  const said = /^The (nickname|visible ID) /.exec(errorText(e))?.[1];
  const named = said === undefined ? "hidden_id" : said === "nickname" ? "nickname" : "visible_id";
  const field = e instanceof FieldError ? e.field : named;
  return { ...row.place(field), field, why: errorText(e) };
}
