import type { FactBody } from "../facts.ts";
import { isStoreError, type Keeper } from "../keeper.ts";
import type {
  CertificateHash,
  Clock,
  Csms,
  LinkEvent,
  LinkProblem,
  Pki,
  RootUse,
  SetSettingStatus,
  Store,
} from "../ports.ts";
import type { Settings } from "../settings.ts";
import type { BootReason, SecurityEventType } from "../types.ts";
import { Access, type GivenCredentials, type OwnCertificate, type SecurityProfile } from "./access.ts";
import { SecurityEvents, type SecurityLogEntry } from "./events.ts";
import { OwnCertificates, ownCertificate } from "./own-certificate.ts";
import { RootCertificates } from "./roots.ts";
import { securitySetting } from "./security-settings.ts";
import { certificateProblem } from "./trust.ts";

export interface SecurityOptions {
  readonly clock: Clock;
  readonly store: Store;
  readonly keeper: Keeper;
  readonly settings: Settings;
  readonly csms: Csms;
  readonly pki: Pki;
  readonly online: () => boolean;
  readonly fact: (body: FactBody) => void;
  /** Unique; stands in the station's certificate. */
  readonly serialNumber: string;
}

/** Firmware that came with a signature (1.6 security white paper L01). */
export interface SignedContent {
  /** The file from its first byte to its last; read once. */
  readonly content: AsyncIterable<Uint8Array>;
  /** Base64. */
  readonly signature: string;
  /** PEM. */
  readonly signingCertificate: string;
}

/** How the next connection is to be made. */
export interface ConnectionSecurity {
  readonly profile: SecurityProfile;
  /** For HTTP Basic authentication, hex; absent where the profile has none. */
  readonly password?: string;
  /** PEM; none: those that the machine trusts. */
  readonly roots: readonly string[];
  /** For TLS; absent where the profile has none. */
  readonly certificate?: OwnCertificate;
}

/** The events that a failed attempt is. */
const failures: Readonly<Record<LinkProblem, readonly SecurityEventType[]>> = {
  authentication: ["FailedToAuthenticateAtCsms"],
  ownCertificate: ["FailedToAuthenticateAtCsms"],
  serverCertificate: ["CsmsFailedToAuthenticate", "InvalidCsmsCertificate"],
  tlsVersion: ["InvalidTLSVersion"],
  cipherSuite: ["InvalidTLSCipherSuite"],
};

/** The store could not be read on the way, which the keeper has told already. */
function unreadable(e: unknown): { readonly status: "Failed"; readonly why: string } {
  if (!isStoreError(e)) throw e;
  return { status: "Failed", why: e.message };
}

/** Everything that one station knows of security: credentials, certificates, signatures, events. */
export class Security {
  readonly #o: SecurityOptions;
  readonly #events: SecurityEvents;
  readonly #access: Access;
  readonly #own: OwnCertificates;
  readonly roots: RootCertificates;
  /** What the connection stands on, PEM. */
  #chain: readonly string[] = [];
  /** Of the last failed attempt: the same again is no new event. */
  #problem: LinkProblem | undefined;

  constructor(o: SecurityOptions) {
    this.#o = o;
    const { clock, csms } = o;
    // One object for all parts: there may be ten thousand stations.
    const shared = {
      ...o,
      changed: (what: string) => this.tell("ReconfigurationOfSecurityParameters", what),
      secured: () => this.#access.credentials.profile > 0,
      // After the answer has left.
      reconnect: () => void clock.setTimeout(() => csms.reconnect(), 0),
    };
    this.#events = new SecurityEvents(shared);
    this.roots = new RootCertificates(shared);
    this.#access = new Access(shared);
    this.#own = new OwnCertificates(shared, this.roots, this.#access);
    o.settings.profile = () => String(this.profile);
  }

  /* ------------------------------------------------------------------------------------------ connection */

  get profile(): SecurityProfile {
    return this.#access.credentials.profile;
  }

  connection(): ConnectionSecurity {
    const { profile, password, certificate } = this.#access.credentials;
    const { roots } = this;
    return {
      profile,
      get roots() {
        return roots.pems("CSMSRootCertificate");
      },
      ...(password === undefined || profile === 0 || profile === 3 ? {} : { password }),
      ...(certificate === undefined || profile !== 3 ? {} : { certificate }),
    };
  }

  /** What a person gave at the start; see {@link GivenCredentials}. @throws AppError `store.*` */
  give(given: GivenCredentials): void {
    this.#access.give(given);
  }

  /**
   * Certificates that a person gave at the start, PEM: roots, and the station's own with its key. Says what is wrong
   * with them, or undefined.
   */
  async giveCertificates(given: {
    readonly roots?: string;
    readonly chain?: string;
    readonly privateKey?: string;
  }): Promise<{ readonly what: "roots" | "chain" | "privateKey"; readonly why: string } | undefined> {
    const { pki } = this.#o;
    if (given.roots !== undefined) {
      const why = await this.roots.give(given.roots);
      if (why !== undefined) return { what: "roots", why };
    }
    if (given.chain === undefined || given.privateKey === undefined) return undefined;
    const chain = await pki.read(given.chain);
    if (chain === undefined) return { what: "chain", why: "it is no chain of certificates in PEM" };
    const { privateKey } = given;
    const leaf = chain.find((c) => c.belongsTo(privateKey));
    if (leaf === undefined)
      return { what: "privateKey", why: "it is not the private key of the certificate" };
    const own = ownCertificate(privateKey, [leaf, ...chain.filter((c) => c !== leaf)]);
    this.#access.giveCertificate(own);
    return undefined;
  }

  /** A change of a security setting; undefined when it is another kind of setting. */
  set(name: string, value: string): SetSettingStatus | undefined {
    const { settings, fact } = this.#o;
    return securitySetting(
      { access: this.#access, roots: this.roots, settings, fact, clock: this.#o.clock },
      name,
      value,
    );
  }

  /** The connection stands, broke, or could not be made. */
  link(event: LinkEvent): void {
    if (event.kind === "up") {
      this.#chain = event.chain ?? [];
      this.#problem = undefined;
      this.#access.proven();
      this.roots.proven(this.#chain);
    } else if (event.kind === "down") this.#chain = [];
    else {
      const { problem, why } = event;
      if (problem !== undefined && problem !== this.#problem)
        for (const type of failures[problem]) this.tell(type, why);
      this.#problem = problem;
      this.#access.failed(problem !== undefined, why);
    }
  }

  /* ---------------------------------------------------------------------------------------- certificates */

  async install(use: RootUse, certificate: string): Promise<"Accepted" | "Rejected" | "Failed"> {
    const { status, why } = await this.roots.install(use, certificate).catch(unreadable);
    if (why !== undefined) this.#o.fact({ kind: "certificate", event: "refused", detail: `${use}: ${why}` });
    return status;
  }

  remove(hash: CertificateHash): "Accepted" | "Failed" | "NotFound" {
    return this.roots.remove(hash, this.#chain);
  }

  get mayRequestCertificate(): boolean {
    return this.#own.mayRequest;
  }

  requestCertificate(): void {
    void this.#own.request();
  }

  async certificateSigned(chain: string): Promise<"Accepted" | "Rejected"> {
    const why = await this.#own.signed(chain).catch((e) => unreadable(e).why);
    if (why === undefined) return "Accepted";
    this.#o.fact({ kind: "certificate", event: "refused", detail: `ChargingStationCertificate: ${why}` });
    this.tell("InvalidChargingStationCertificate", why);
    return "Rejected";
  }

  /* ------------------------------------------------------------------------------------------ signatures */

  /**
   * Why firmware signed under this certificate must not be installed: it is none, does not hold now, or no installed
   * manufacturer's root has signed it itself (L01: no intermediate certificates). Undefined: it may.
   */
  async signerProblem(signingCertificate: string): Promise<string | undefined> {
    const [signer, ...more] = (await this.#o.pki.read(signingCertificate)) ?? [];
    if (signer === undefined || more.length > 0) return "it is not one certificate in PEM";
    const now = this.#o.clock.now();
    const problem = certificateProblem(signer, now);
    if (problem !== undefined) return problem;
    const roots = await this.roots.of("ManufacturerRootCertificate");
    const root = roots.find((r) => signer.isSignedBy(r) && certificateProblem(r, now) === undefined);
    return root === undefined ? "no installed ManufacturerRootCertificate has signed it" : undefined;
  }

  /** Does the signature hold, under a certificate that may sign firmware? Tells nobody: see {@link Security.tell}. */
  async verifyFirmware(c: SignedContent): Promise<"ok" | "invalidCertificate" | "invalidSignature"> {
    if ((await this.signerProblem(c.signingCertificate)) !== undefined) return "invalidCertificate";
    const [signer] = (await this.#o.pki.read(c.signingCertificate)) ?? [];
    if (signer === undefined) return "invalidCertificate";
    return (await this.#o.pki.verify(c.content, c.signature, signer)) ? "ok" : "invalidSignature";
  }

  /* ---------------------------------------------------------------------------------------------- events */

  /** Notes a security event, and tells the central system if that is due; see {@link SecurityEvents.tell}. */
  tell(type: SecurityEventType, techInfo?: string, extension?: boolean): void {
    this.#events.tell(type, techInfo, extension);
  }

  /** The security log, oldest line first; the times are ms. */
  log(from?: number, to?: number): readonly SecurityLogEntry[] {
    return this.#events.log(from, to);
  }

  /** The power is on again. */
  powerOn(reason: BootReason): void {
    this.tell("StartupOfTheDevice");
    if (reason !== "PowerUp") this.tell("ResetOrReboot", reason);
    this.#own.schedule();
  }

  powerOff(): void {
    this.#chain = [];
    this.#own.stop();
    this.#events.powerOff();
  }

  /** The clock was put forward by so many ms, or back. */
  timeChanged(shiftMs: number, by: string): void {
    this.tell("SettingSystemTime", `by ${shiftMs / 1000} s, ${by}`);
    this.#own.schedule();
  }

  /** Registered and connected: what waited is told. */
  online(): void {
    this.#events.flush();
    this.#own.schedule();
  }
}
