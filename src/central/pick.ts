import { AppError } from "../util/errors.ts";
import { tokenForm } from "./check.ts";
import type { Asset, Card, Location, Organization, User } from "./records.ts";
import * as select from "./select.ts";
import type { Sql } from "./sql.ts";

/** Which organization's records; all when left out. */
export interface OfOrganization {
  readonly organization?: string;
}

/** Finds the one record that a person means, or says with AppError `input.invalid` why there is not one. */
export class Finder {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The organization's part of a list; an organization that is not there is an error, not an empty list. */
  of<T extends { readonly organization: string }>(all: T[], { organization }: OfOrganization): T[] {
    if (organization === undefined) return all;
    const { name } = this.organization(organization);
    return all.filter((x) => x.organization === name);
  }

  organization(name: string | undefined): Organization {
    return pick(select.organizations(this.#sql), name, (o) => o.name, "organization");
  }

  location(name: string | undefined, organization: string | undefined): Location {
    return pick(
      this.of(select.locations(this.#sql), optional(organization)),
      name,
      (l) => l.name,
      "location",
    );
  }

  asset(id: string): Asset {
    const all = select.assets(this.#sql);
    return find(all, (a) => a.id === id, "station", id);
  }

  /** By e-mail address, or by first and last name. */
  user(who: string, organization: string | undefined): User {
    const users = this.of(select.users(this.#sql), optional(organization));
    const byEmail = users.filter((u) => same(u.email, who));
    return byEmail.length === 1 && byEmail[0] !== undefined
      ? byEmail[0]
      : pick(users, who, (u) => `${u.firstName} ${u.lastName}`, "user");
  }

  /** By its Hidden ID, else by its visible ID or its nickname. */
  card(which: string, organization: string | undefined): Card {
    const exact = organization && select.cardBy(this.#sql, organization, "hidden_id", which.trim());
    if (exact) return exact;
    const cards = this.of(select.cards(this.#sql), optional(organization));
    const byHiddenId = cards.filter((c) => same(c.hiddenId, which) || same(c.hiddenId, tokenForm(which)));
    const found =
      byHiddenId.length > 0
        ? byHiddenId
        : cards.filter((c) => same(c.nickname, which) || same(c.visibleId ?? "", which));
    const label = (c: Card) => `${c.hiddenId} ("${c.nickname}" of ${c.user})`;
    return only(found.length > 0 ? found : cards, found, label, `card "${which}"`);
  }
}

function optional(organization: string | undefined): OfOrganization {
  return organization === undefined ? {} : { organization };
}

/** Names and tokens are the same without regard to case. */
export function same(a: string, b: string): boolean {
  return a.trim().toUpperCase() === b.trim().toUpperCase();
}

/** @throws AppError `state.conflict` when there is one already */
export function refuseSecond<T>(all: readonly T[], is: (x: T) => boolean, what: string): void {
  if (!all.some(is)) return;
  throw new AppError("state.conflict", `${what} is there already`, {
    hint: "Change or remove the one that is there, or use another name.",
  });
}

/** @throws AppError `state.conflict` when the user has cards: a card without an owner must not charge */
export function refuseOwner(user: User, cards: readonly Card[]): void {
  const [first] = cards;
  if (first === undefined) return;
  throw new AppError(
    "state.conflict",
    `${user.firstName} ${user.lastName} <${user.email}> has ${cards.length === 1 ? "a card" : `${cards.length} cards`}: ${cards
      .slice(0, 10)
      .map((c) => c.hiddenId)
      .join(", ")}`,
    { hint: `Remove what belongs to the user first: tapstation cards remove ${first.hiddenId}` },
  );
}

/** What to do when there is no such thing, by what it is. */
const WHEN_ABSENT: Readonly<Record<string, string>> = {
  station:
    "Names of stations are case-sensitive, and a station is known when it has connected once; tapstation access-mode shows all.",
  "roaming token": "tapstation roaming list shows all.",
};

/** @throws AppError `input.invalid` when there is none */
export function find<T>(all: readonly T[], is: (x: T) => boolean, what: string, name: string): T {
  const found = all.find(is);
  if (found !== undefined) return found;
  throw new AppError("input.invalid", `There is no ${what} "${name}"`, {
    hint: WHEN_ABSENT[what] ?? "Look at what there is first.",
  });
}

/** The one that is named; without a name the only one there is. */
function pick<T>(all: readonly T[], name: string | undefined, nameOf: (x: T) => string, what: string): T {
  const found = name === undefined ? all : all.filter((x) => same(nameOf(x), name));
  return only(all, found, nameOf, name === undefined ? what : `${what} "${name}"`);
}

/** The one that was found; otherwise `all` is what might have been meant. */
function only<T>(all: readonly T[], found: readonly T[], label: (x: T) => string, what: string): T {
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const names = all.slice(0, 10).map(label).join(", ");
  throw new AppError("input.invalid", `${found.length === 0 ? "No" : "More than one"} ${what} is there`, {
    hint:
      names === ""
        ? "There is none at all: add it first."
        : `Name one of: ${names}${all.length > 10 ? ", …" : ""}. Give the organization where names are shared.`,
  });
}
