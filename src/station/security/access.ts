import type { Keeper } from "../keeper.ts";
import type { Store } from "../ports.ts";

/** 1.6 security white paper §2, 2.0.1 part 2 A00: 0 none, 1 Basic, 2 TLS and Basic, 3 TLS and client certificate. */
export type SecurityProfile = 0 | 1 | 2 | 3;

/** The station's own certificate with its private key, as stored. */
export interface OwnCertificate {
  /** PEM; a secret, and never told to anybody. */
  readonly privateKey: string;
  /** PEM texts, the station's own first, then those that lead to the root. */
  readonly chain: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** For a person. */
  readonly name: string;
}

/** What a connection is made with. */
export interface Credentials {
  readonly profile: SecurityProfile;
  /** The bytes of the password for HTTP Basic authentication, hex. */
  readonly password?: string;
  readonly certificate?: OwnCertificate;
}

/** What a person gave at the start: counts when it differs from what was given at the start before. */
export interface GivenCredentials {
  /** `explicit`: somebody named it; otherwise it follows from what else was given. */
  readonly profile: { readonly value: SecurityProfile; readonly explicit: boolean };
  /** Hex. */
  readonly password?: string;
}

interface AccessOptions {
  readonly store: Store;
  readonly keeper: Keeper;
  /** Gives up the connection and makes a new one. */
  readonly reconnect: () => void;
  /** One line for the security log. */
  readonly changed: (what: string) => void;
}

/** What comes back when the trial fails. */
interface Former {
  readonly credentials: Credentials;
  /** What is on trial, for a person. */
  readonly trial: string;
}

const NOW = "security.credentials";
const FORMER = "security.former";
const GIVEN = "security.given";
const GIVEN_CERTIFICATE = "security.given.certificate";

/** So many failed attempts, and what was in force before counts again (A05.FR.08). */
const TRIAL_ATTEMPTS = 3;

/**
 * The credentials of the station, durable. What the central system changes is on trial until a connection stands on
 * it; until then the former ones are kept, and come back when the central system refuses the new ones.
 */
export class Access {
  readonly #o: AccessOptions;
  #now: Credentials | undefined;
  #failures = 0;

  constructor(o: AccessOptions) {
    this.#o = o;
  }

  get credentials(): Credentials {
    this.#now ??= (this.#o.store.values.get(NOW) as Credentials | undefined) ?? { profile: 0 };
    return this.#now;
  }

  /** @throws AppError `store.*` */
  give(given: GivenCredentials): void {
    const { values } = this.#o.store;
    // Read now, once: what cannot be read later must not look like no credentials at all.
    const { credentials } = this;
    const before = values.get(GIVEN) as GivenCredentials | undefined;
    const isNew = (name: keyof GivenCredentials) =>
      given[name] !== undefined && JSON.stringify(given[name]) !== JSON.stringify(before?.[name]);
    // Nothing given, nothing kept: most stations of a fleet.
    const nothing = given.profile.value === 0 && !given.profile.explicit && given.password === undefined;
    if ((nothing && before === undefined) || (!isNew("profile") && !isNew("password"))) return;
    const changed: Credentials = {
      ...credentials,
      ...(isNew("profile") ? { profile: given.profile.value } : {}),
      ...(isNew("password") && given.password !== undefined ? { password: given.password } : {}),
    };
    this.#o.store.atomically(() => {
      values.set(GIVEN, { ...before, ...given });
      values.set(NOW, changed);
      values.delete(FORMER);
    });
    this.#now = changed;
  }

  /** As {@link give}. @throws AppError `store.*` */
  giveCertificate(certificate: OwnCertificate): void {
    const { store } = this.#o;
    if (store.values.get(GIVEN_CERTIFICATE) === certificate.chain) return;
    const changed = { ...this.credentials, certificate };
    store.atomically(() => {
      store.values.set(GIVEN_CERTIFICATE, certificate.chain);
      store.values.set(NOW, changed);
      store.values.delete(FORMER);
    });
    this.#now = changed;
  }

  /**
   * The central system changes something. `matters`: the connection is made with it, so that it is on trial and a new
   * connection is made. False: it could not be stored, and nothing has changed.
   */
  change(what: Partial<Credentials>, matters: boolean, name: string): boolean {
    const { keeper, store } = this.#o;
    const before = this.credentials;
    const changed = { ...before, ...what };
    const kept = keeper.tried(() => {
      // On trial already: what comes back is what held last.
      const credentials = this.#former()?.credentials ?? before;
      if (matters) store.values.set(FORMER, { credentials, trial: name } satisfies Former);
      store.values.set(NOW, changed);
    });
    if (!kept) return false;
    this.#now = changed;
    this.#failures = 0;
    this.#o.changed(`${name} changed`);
    if (matters) this.#o.reconnect();
    return true;
  }

  /** A connection stands: the trial is over. */
  proven(): void {
    const { keeper, store } = this.#o;
    this.#failures = 0;
    if (keeper.attempt(() => this.#former(), undefined) !== undefined)
      keeper.eventually(() => store.values.delete(FORMER));
  }

  /**
   * An attempt has failed. What was refused is given up at once, other things when nobody could be reached with them
   * several times: some say no by hanging up. But not a new password: the central system has taken it over, and would
   * refuse the former one after an outage.
   */
  failed(refused: boolean, why: string): void {
    const { keeper, store } = this.#o;
    const former = keeper.attempt(() => this.#former(), undefined);
    if (former === undefined) return;
    this.#failures++;
    const isPassword = this.credentials.password !== former.credentials.password;
    if (!refused && (isPassword || this.#failures < TRIAL_ATTEMPTS)) return;
    const back = keeper.tried(() => {
      store.values.set(NOW, former.credentials);
      store.values.delete(FORMER);
    });
    if (!back) return;
    this.#now = former.credentials;
    this.#failures = 0;
    this.#o.changed(`${former.trial} is back to what it was: ${why}`);
    this.#o.reconnect();
  }

  #former(): Former | undefined {
    return this.#o.store.values.get(FORMER) as Former | undefined;
  }
}
