import { type Clock, isoTime } from "../util/clock.ts";
import { type AccessMode, parseAccessMode } from "./access.ts";
import { ASSUMED_ENDED } from "./charges.ts";
import {
  cardNotes,
  checkContractId,
  checkEmail,
  checkHiddenId,
  checkRole,
  checkStationId,
  checkText,
  checkTime,
  checkToken,
  providerOf,
  tokenForm,
} from "./check.ts";
import { Finder, find, type OfOrganization, refuseOwner, refuseSecond, same } from "./pick.ts";
import type {
  AccessModeTarget,
  Asset,
  Card,
  Location,
  NewCard,
  NewRoaming,
  NewUser,
  OfferedToken,
  Organization,
  RoamingToken,
  Transaction,
  UnknownToken,
  User,
} from "./records.ts";
import * as select from "./select.ts";
import type { Sql } from "./sql.ts";

/**
 * The central system's records as a person works with them. Every call reads or writes the file at once, so several
 * processes may hold a book of the same file. All inputs are checked: AppError `input.invalid` (with a hint) for
 * what cannot be, `state.conflict` for what is there already.
 */
export class Book {
  readonly #sql: Sql;
  readonly #clock: Clock;
  readonly #find: Finder;

  constructor(sql: Sql, clock: Clock) {
    this.#sql = sql;
    this.#clock = clock;
    this.#find = new Finder(sql);
  }

  /** Does several things or, when one of them is refused, none. */
  atomically<T>(work: () => T): T {
    return this.#sql.atomically(work);
  }

  organizations(): Organization[] {
    return select.organizations(this.#sql);
  }

  locations(of: OfOrganization = {}): Location[] {
    return this.#find.of(select.locations(this.#sql), of);
  }

  assets(of: OfOrganization = {}): Asset[] {
    return this.#find.of(select.assets(this.#sql), of);
  }

  users(of: OfOrganization = {}): User[] {
    return this.#find.of(select.users(this.#sql), of);
  }

  cards(of: OfOrganization = {}): Card[] {
    return this.#find.of(select.cards(this.#sql), of);
  }

  roamingTokens(): RoamingToken[] {
    return select.roamingTokens(this.#sql);
  }

  /** Tokens that were offered and that nobody knows, the latest first; at most 1000 are kept. */
  unknownTokens(of: OfOrganization = {}): UnknownToken[] {
    return this.#offered(of).filter((t) => t.knownAs === undefined);
  }

  /** The token that was offered last of those that nobody knew then, even if it is known by now. */
  lastOffered(of: OfOrganization = {}): OfferedToken | undefined {
    return this.#offered(of)[0];
  }

  /** Oldest first. */
  transactions(filter: { station?: string; running?: boolean } = {}): Transaction[] {
    return select
      .transactions(this.#sql)
      .filter((t) => filter.station === undefined || t.station === filter.station)
      .filter((t) => filter.running === undefined || filter.running === (t.stopTime === undefined));
  }

  /** Ends a transaction in the books only, whose station will never say so; a stop that comes all the same counts. */
  endTransaction(id: number): Transaction {
    return this.#sql.atomically(() => {
      find(this.transactions({ running: true }), (t) => t.id === id, "running transaction", String(id));
      this.#sql.run(
        "UPDATE charge SET stop_time = ?, reason = ? WHERE id = ?",
        isoTime(this.#clock),
        ASSUMED_ENDED,
        id,
      );
      return find(this.transactions(), (t) => t.id === id, "transaction", String(id));
    });
  }

  addOrganization(o: { readonly name: string; readonly partner?: string }): Organization {
    const name = checkText("organization's name", o.name);
    const partner = checkText("partner's name", o.partner ?? "Demo partner");
    return this.#sql.atomically(() => {
      refuseSecond(this.organizations(), (x) => same(x.name, name), `An organization "${name}"`);
      this.#sql.run("INSERT OR IGNORE INTO partner (name) VALUES (?)", partner);
      this.#sql.run(
        "INSERT INTO organization (partner, name) SELECT id, ? FROM partner WHERE name = ?",
        name,
        partner,
      );
      return find(this.organizations(), (x) => same(x.name, name), "organization", name);
    });
  }

  /** A location starts with the mode Whitelisting when none is given. */
  addLocation(l: {
    readonly name: string;
    readonly accessMode?: string;
    readonly organization?: string;
  }): Location {
    const name = checkText("location's name", l.name);
    const mode = parseAccessMode(l.accessMode ?? "Whitelisting");
    return this.#sql.atomically(() => {
      const owner = this.#find.organization(l.organization);
      const here = (x: Location) => same(x.name, name) && x.organization === owner.name;
      refuseSecond(this.locations(), here, `A location "${name}"`);
      this.#sql.run(
        "INSERT INTO location (organization, name, access_mode) VALUES (?, ?, ?)",
        owner.id,
        name,
        mode,
      );
      return find(this.locations(), here, "location", name);
    });
  }

  /** Writes a station down before it first connects. `approved` defaults to true. */
  addAsset(a: {
    readonly id: string;
    readonly location?: string;
    readonly organization?: string;
    readonly approved?: boolean;
    readonly accessMode?: string;
  }): Asset {
    const id = checkStationId(a.id);
    const mode = a.accessMode === undefined ? null : parseAccessMode(a.accessMode);
    return this.#sql.atomically(() => {
      const location = this.#find.location(a.location, a.organization);
      refuseSecond(this.assets(), (x) => x.id === id, `A station "${id}"`);
      this.#sql.run(
        "INSERT INTO asset (id, location, approved, auto_registered, access_mode) VALUES (?, ?, ?, 0, ?)",
        id,
        location.id,
        a.approved === false ? 0 : 1,
        mode,
      );
      return this.#find.asset(id);
    });
  }

  /** Its next BootNotification is Accepted; with `false` Pending. */
  approveAsset(id: string, approved = true): Asset {
    return this.#sql.atomically(() => {
      this.#find.asset(id);
      this.#sql.run("UPDATE asset SET approved = ? WHERE id = ?", approved ? 1 : 0, id);
      return this.#find.asset(id);
    });
  }

  addUser(u: NewUser): User {
    const firstName = checkText("first name", u.firstName);
    const lastName = checkText("last name", u.lastName);
    const email = checkEmail(u.email);
    const role = checkRole(u.role ?? "cardholder");
    return this.#sql.atomically(() => {
      const owner = this.#find.organization(u.organization);
      const here = (x: User) => same(x.email, email) && x.organization === owner.name;
      refuseSecond(this.users(), here, `A user with the e-mail address ${email}`);
      this.#sql.run(
        "INSERT INTO user (organization, first_name, last_name, email, role) VALUES (?, ?, ?, ?, ?)",
        owner.id,
        firstName,
        lastName,
        email,
        role,
      );
      return find(this.users(), here, "user", email);
    });
  }

  /**
   * Takes a user, by e-mail address or by first and last name, out of the records; the result is who it was.
   * @throws AppError `state.conflict` when the user has cards
   */
  removeUser(who: string, of: OfOrganization = {}): User {
    return this.#sql.atomically(() => {
      const user = this.#find.user(who, of.organization);
      const own = this.cards(user).filter((c) => same(c.email, user.email));
      refuseOwner(user, own);
      this.#sql.run("DELETE FROM user WHERE id = ?", user.id);
      return user;
    });
  }

  /**
   * Puts a card on the organization's whitelist. `notes` says what is odd without being wrong.
   * @throws AppError `input.invalid`, among others when a visible ID was given as the Hidden ID
   */
  addCard(c: NewCard): { readonly card: Card; readonly notes: readonly string[] } {
    const nickname = checkText("nickname", c.nickname);
    const visibleId = c.visibleId === undefined ? undefined : checkText("visible ID", c.visibleId);
    const expiry = c.expiry === undefined ? null : checkTime("expiry", c.expiry);
    const card = this.#sql.atomically(() => {
      const user = this.#find.user(c.user, c.organization);
      const by = (what: "hidden_id" | "visible_id", id: string) =>
        select.cardBy(this.#sql, user.organization, what, id);
      const hiddenId = this.#hiddenId(c, (text) => by("visible_id", text)?.nickname);
      const there = by("hidden_id", hiddenId);
      refuseSecond(there === undefined ? [] : [there], () => true, `A card with the Hidden ID ${hiddenId}`);
      this.#sql.run(
        `INSERT INTO card (organization, user, hidden_id, visible_id, nickname, expiry)
         SELECT organization, id, ?, ?, ?, ? FROM user WHERE id = ?`,
        hiddenId,
        visibleId ?? null,
        nickname,
        expiry,
        user.id,
      );
      return this.#find.card(hiddenId, user.organization);
    });
    return { card, notes: cardNotes(card.hiddenId, card.visibleId) };
  }

  /** Takes the card off the whitelist, by Hidden ID, visible ID or nickname; the result is what it was. */
  removeCard(which: string, of: OfOrganization = {}): Card {
    return this.#sql.atomically(() => {
      const card = this.#find.card(which, of.organization);
      this.#sql.run("DELETE FROM card WHERE id = ?", card.id);
      return card;
    });
  }

  /** Blocks a card, or with `blocked: false` makes it valid again. */
  blockCard(which: string, o: OfOrganization & { readonly blocked?: boolean } = {}): Card {
    return this.#sql.atomically(() => {
      const card = this.#find.card(which, o.organization);
      this.#sql.run("UPDATE card SET blocked = ? WHERE id = ?", o.blocked === false ? 0 : 1, card.id);
      return this.#find.card(card.hiddenId, card.organization);
    });
  }

  /** Teaches the simulated roaming hub a token. The provider is the contract's when none is given. */
  addRoaming(r: NewRoaming): RoamingToken {
    const idToken = checkToken("idToken", this.#wasOffered(r.idToken) ? r.idToken : tokenForm(r.idToken));
    const contractId = checkContractId(r.contractId);
    const provider = checkText("provider", r.provider ?? providerOf(contractId));
    return this.#sql.atomically(() => {
      const here = (x: RoamingToken) => same(x.idToken, idToken);
      refuseSecond(this.roamingTokens(), here, `A roaming token ${idToken}`);
      this.#sql.run("INSERT INTO roaming VALUES (?, ?, ?)", idToken, contractId, provider);
      return find(this.roamingTokens(), here, "roaming token", idToken);
    });
  }

  removeRoaming(idToken: string): RoamingToken {
    return this.#sql.atomically(() => {
      const is = (x: RoamingToken) => same(x.idToken, idToken) || same(x.idToken, tokenForm(idToken));
      const token = find(this.roamingTokens(), is, "roaming token", idToken);
      this.#sql.run("DELETE FROM roaming WHERE id_token = ?", token.idToken);
      return token;
    });
  }

  /** Sets the mode at a location, or at an asset, where `inherit` takes it away again. */
  setAccessMode(target: AccessModeTarget, mode: string): void {
    this.#sql.atomically(() => {
      if ("asset" in target) {
        const asset = this.#find.asset(target.asset);
        const own = mode.trim().toLowerCase() === "inherit" ? null : parseAccessMode(mode);
        this.#sql.run("UPDATE asset SET access_mode = ? WHERE id = ?", own, asset.id);
        return;
      }
      const location = this.#find.location(target.location, target.organization);
      this.#sql.run("UPDATE location SET access_mode = ? WHERE id = ?", parseAccessMode(mode), location.id);
    });
  }

  /** The mode that holds at a station, and where it was set. */
  accessModeOf(assetId: string): { readonly mode: AccessMode; readonly from: "location" | "asset" } {
    const asset = this.#find.asset(assetId);
    if (asset.accessMode !== undefined) return { mode: asset.accessMode, from: "asset" };
    return { mode: this.#find.location(asset.location, asset.organization).accessMode, from: "location" };
  }

  close(): void {
    this.#sql.close();
  }

  #hiddenId({ hiddenId, force = false }: NewCard, visibleIds: (text: string) => string | undefined): string {
    if (force || this.#wasOffered(hiddenId)) return checkToken("Hidden ID", hiddenId);
    return checkHiddenId(hiddenId, visibleIds);
  }

  /** What a station sends is right, whatever it looks like. */
  #wasOffered(token: string): boolean {
    return select.wasOffered(this.#sql, token.trim());
  }

  #offered(of: OfOrganization): OfferedToken[] {
    return this.#find.of(select.offeredTokens(this.#sql), of);
  }
}
