import type { TimerHandle } from "../../util/clock.ts";
import type { FactBody } from "../facts.ts";
import type { Keeper } from "../keeper.ts";
import type { Certificate, Clock, Csms, Pki, Store } from "../ports.ts";
import type { Settings } from "../settings.ts";
import type { Access, OwnCertificate } from "./access.ts";
import { nameOf, type RootCertificates } from "./roots.ts";
import { certificateProblem, chainProblem } from "./trust.ts";

interface OwnCertificatesOptions {
  readonly clock: Clock;
  readonly store: Store;
  readonly keeper: Keeper;
  readonly settings: Settings;
  readonly csms: Csms;
  readonly pki: Pki;
  readonly online: () => boolean;
  readonly fact: (body: FactBody) => void;
  /** The unique serial number that stands in the certificate as CN (A00.FR.511). */
  readonly serialNumber: string;
}

/** The key of a request that is not signed yet, by the name of its value. */
const REQUESTED = "security.requested";
/** A certificate that holds from a later time on (A02.FR.08). */
const NEXT = "security.next";
/** The end of the certificate for which a renewal was asked: once, whatever comes of it (A03, error handling). */
const RENEWED = "security.renewed";

const DAY_MS = 24 * 3_600_000;
/** A03: a month before the end a new one is asked for. */
const RENEW_BEFORE_MS = 30 * DAY_MS;

/** The station's certificate: asked for, checked, taken into use, renewed (1.6 security white paper A02, A03). */
export class OwnCertificates {
  readonly #o: OwnCertificatesOptions;
  readonly #roots: RootCertificates;
  readonly #access: Access;
  #timer: TimerHandle | undefined;

  constructor(o: OwnCertificatesOptions, roots: RootCertificates, access: Access) {
    this.#o = o;
    this.#roots = roots;
    this.#access = access;
  }

  /** May one be asked for? Its O is CpoName, which must be set (A02, prerequisites). */
  get mayRequest(): boolean {
    return this.#organization !== "";
  }

  /** Makes a new key pair and has it signed. The certificate in use stays until the new one holds. */
  async request(): Promise<void> {
    const { pki, csms, keeper, store, serialNumber, fact } = this.#o;
    const { privateKey, csr } = await pki.request({
      commonName: serialNumber,
      organization: this.#organization,
    });
    if (!keeper.tried(() => store.values.set(REQUESTED, privateKey))) return;
    fact({ kind: "certificate", event: "requested", detail: `for ${serialNumber}, ${this.#organization}` });
    const answer = await csms.request("signCertificate", { csr });
    if (answer.ok && answer.value.status === "Accepted") return;
    // Who did not take the request signs nothing; a later request has a key of its own.
    keeper.eventually(() => {
      if (store.values.get(REQUESTED) === privateKey) store.values.delete(REQUESTED);
    });
  }

  /** CertificateSigned: takes the certificate over, or says why not. Rejects with AppError `store.*` only. */
  async signed(chain: string): Promise<string | undefined> {
    const { settings, pki, keeper, store, clock } = this.#o;
    const max = settings.count("SecurityCtrlr.MaxCertificateChainSize");
    if (chain.length > max) return `it has ${chain.length} characters, ${max} are allowed`;
    const privateKey = keeper.attempt(() => store.values.get(REQUESTED), undefined);
    if (typeof privateKey !== "string") return "no certificate was asked for";
    const read = await pki.read(chain);
    if (read === undefined) return "it is no chain of certificates in PEM";
    const leaf = read.find((c) => c.belongsTo(privateKey));
    if (leaf === undefined) return "it is not for the key that was to be signed";
    const problem = await this.#problem(leaf, read);
    if (problem !== undefined) return problem;
    const others = read.filter((c) => c !== leaf);
    const own = ownCertificate(privateKey, [leaf, ...others]);
    const later = leaf.notBefore > clock.now();
    const kept = later ? keeper.tried(() => store.values.set(NEXT, own)) : this.#use(own);
    if (!kept) return "it cannot be stored";
    keeper.eventually(() => store.values.delete(REQUESTED));
    this.schedule();
    return undefined;
  }

  /** Looks after what time brings: a certificate that begins to hold, one that ends within a month. */
  schedule(): void {
    this.stop();
    const { store, keeper, clock, online } = this.#o;
    const next = keeper.attempt(() => store.values.get(NEXT), undefined) as OwnCertificate | undefined;
    const now = clock.now();
    if (next !== undefined && next.notBefore <= now && this.#use(next))
      keeper.eventually(() => store.values.delete(NEXT));
    const { certificate, profile } = this.#access.credentials;
    const renewAt =
      certificate === undefined || profile < 3 ? undefined : certificate.notAfter - RENEW_BEFORE_MS;
    if (renewAt !== undefined && renewAt <= now && online()) this.#renew(certificate);
    const times = [next?.notBefore, renewAt].filter((t) => t !== undefined && t > now) as number[];
    // Not later than in a day: timers are not made for months, and clocks get set.
    if (times.length > 0)
      this.#timer = clock.setTimeout(() => this.schedule(), Math.min(Math.min(...times) - now, DAY_MS));
  }

  stop(): void {
    if (this.#timer !== undefined) this.#o.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #organization(): string {
    return this.#o.settings.text("SecurityCtrlr.OrganizationName").trim();
  }

  #use(own: OwnCertificate): boolean {
    const matters = this.#access.credentials.profile === 3;
    return this.#access.change({ certificate: own }, matters, "ChargingStationCertificate");
  }

  #renew(certificate: OwnCertificate | undefined): void {
    const { store, keeper } = this.#o;
    if (certificate === undefined || !this.mayRequest) return;
    if (keeper.attempt(() => store.values.get(RENEWED), undefined) === certificate.notAfter) return;
    if (keeper.tried(() => store.values.set(RENEWED, certificate.notAfter))) void this.request();
  }

  /** A02.FR.06: subject, strength, time and the way to the operator's root. */
  async #problem(leaf: Certificate, read: readonly Certificate[]): Promise<string | undefined> {
    const { clock, serialNumber } = this.#o;
    const { commonName = "", organization = "" } = leaf.subject;
    if (commonName !== serialNumber) return `its CN is "${commonName}", not ${serialNumber}`;
    if (organization !== this.#organization) return `its O is "${organization}", not ${this.#organization}`;
    if (leaf.isAuthority) return "it is the certificate of an authority";
    const now = Math.max(clock.now(), leaf.notBefore);
    const own = certificateProblem(leaf, now);
    return own ?? chainProblem(leaf, read, await this.#roots.of("CSMSRootCertificate"), now);
  }
}

/** A private key and its certificates, the station's own first, as stored. */
export function ownCertificate(privateKey: string, chain: readonly Certificate[]): OwnCertificate {
  const [leaf] = chain;
  if (leaf === undefined) throw new RangeError("a chain has a first certificate");
  const { notBefore, notAfter } = leaf;
  return { privateKey, chain: chain.map((c) => c.pem).join(""), notBefore, notAfter, name: nameOf(leaf) };
}
