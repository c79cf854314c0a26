import type { FactBody } from "../facts.ts";
import type { Keeper } from "../keeper.ts";
import type { Clock, Csms, Pki, Store } from "../ports.ts";
import type { Settings } from "../settings.ts";
import type { BootReason, SecurityEventType } from "../types.ts";
import { SecurityEvents, type SecurityLogEntry } from "./events.ts";
import { RootCertificates } from "./roots.ts";
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

/** Everything that one station knows of security: roots, signatures, events. */
export class Security {
  readonly #o: SecurityOptions;
  readonly #events: SecurityEvents;
  readonly roots: RootCertificates;

  constructor(o: SecurityOptions) {
    this.#o = o;
    const { clock, store, keeper, settings, pki, csms, online, fact } = o;
    const secured = () => settings.count("SecurityCtrlr.SecurityProfile") > 0;
    this.#events = new SecurityEvents({ clock, store, keeper, csms, online, fact, secured });
    this.roots = new RootCertificates({
      clock,
      store,
      keeper,
      settings,
      pki,
      changed: (what) => this.tell("ReconfigurationOfSecurityParameters", what),
    });
  }

  /** Notes a security event, and tells the central system if that is due; see {@link SecurityEvents.tell}. */
  tell(type: SecurityEventType, techInfo?: string, extension?: boolean): void {
    this.#events.tell(type, techInfo, extension);
  }

  /** The security log, oldest line first; the times are ms. */
  log(from?: number, to?: number): readonly SecurityLogEntry[] {
    return this.#events.log(from, to);
  }

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

  /** The power is on again. */
  powerOn(reason: BootReason): void {
    this.tell("StartupOfTheDevice");
    if (reason !== "PowerUp") this.tell("ResetOrReboot", reason);
  }

  powerOff(): void {
    this.#events.powerOff();
  }

  /** Registered and connected: what waited is told. */
  online(): void {
    this.#events.flush();
  }
}
