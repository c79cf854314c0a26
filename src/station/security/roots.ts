import type { Keeper } from "../keeper.ts";
import type { Certificate, CertificateHash, Clock, Pki, RootUse, Store } from "../ports.ts";
import type { Settings } from "../settings.ts";
import { certificateProblem } from "./trust.ts";

export interface RootsOptions {
  readonly clock: Clock;
  readonly store: Store;
  readonly keeper: Keeper;
  readonly settings: Settings;
  readonly pki: Pki;
  /** Something was installed or removed: one line for the security log. */
  readonly changed: (what: string) => void;
}

/** A root as stored. */
interface StoredRoot {
  readonly use: RootUse;
  readonly pem: string;
  readonly hashes: readonly CertificateHash[];
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
  /** For a person. */
  readonly name: string;
  /** Replaced by one that it signed, and kept until that one has proven itself (M05.FR.11). */
  readonly fallback?: boolean;
}

/** What became of an installation, and why not for a person. */
export interface Installation {
  readonly status: "Accepted" | "Rejected" | "Failed";
  readonly why?: string;
}

const PREFIX = "security.root.";
const GIVEN = "security.given.roots";

/** The installed root certificates, durable (2.0.1 and 1.6 security white paper, M03 to M05). */
export class RootCertificates {
  readonly #o: RootsOptions;

  constructor(o: RootsOptions) {
    this.#o = o;
  }

  /** How many are installed, of all uses. */
  get count(): number {
    return this.#o.store.values.names(PREFIX).length;
  }

  /** Those of a use, read. */
  async of(use: RootUse): Promise<readonly Certificate[]> {
    const read = await Promise.all(this.pems(use).map((pem) => this.#o.pki.read(pem)));
    return read.flatMap((certificates) => certificates ?? []);
  }

  /** Is one of this use installed that has not expired? */
  has(use: RootUse): boolean {
    const now = this.#o.clock.now();
    return this.#stored().some(([, root]) => root.use === use && root.notAfter > now);
  }

  /** The PEM texts of a use: what TLS trusts. */
  pems(use: RootUse): readonly string[] {
    return this.#stored()
      .filter(([, root]) => root.use === use)
      .map(([, root]) => root.pem);
  }

  /** M03: the names of what is installed of these uses; a fallback certificate is one of them. */
  installed(uses: readonly RootUse[]): readonly { readonly use: RootUse; readonly hash: CertificateHash }[] {
    return this.#stored()
      .filter(([, root]) => uses.includes(root.use))
      .flatMap(([, { use, hashes }]) => hashes.slice(0, 1).map((hash) => ({ use, hash })));
  }

  /** M05. Rejects with AppError `store.*` only. */
  async install(use: RootUse, pem: string): Promise<Installation> {
    const read = await this.#o.pki.read(pem);
    const [certificate, ...more] = read ?? [];
    if (certificate === undefined || more.length > 0) return rejected("it is not one certificate in PEM");
    const problem = certificateProblem(certificate, this.#o.clock.now());
    if (problem !== undefined) return rejected(problem);
    if (!certificate.isAuthority) return rejected("it is not the certificate of an authority");
    const others = await this.of(use);
    const issuer = [certificate, ...others].find((c) => certificate.isSignedBy(c));
    if (issuer === undefined) return rejected("it is signed by nobody who is installed here");
    return this.#put(use, certificate, await certificate.hashes(issuer), others);
  }

  /**
   * Roots of the central system that a person gave at the start, PEM; those between them and its certificate may be
   * among them. They count when they differ from those of the start before. Says what is wrong with them, or
   * undefined. @throws AppError `store.*`
   */
  async give(pem: string): Promise<string | undefined> {
    const { pki, clock, store } = this.#o;
    const use = "CSMSRootCertificate";
    if (store.values.get(GIVEN) === pem) return undefined;
    const read = await pki.read(pem);
    if (read === undefined) return "there are no certificates in PEM, or other things stand between them";
    for (const c of read) {
      const problem = certificateProblem(c, clock.now());
      if (problem !== undefined) return `${nameOf(c)}: ${problem}`;
      const issuer = [c, ...read].find((other) => c.isSignedBy(other));
      if (issuer === undefined) return `${nameOf(c)}: whoever signed it must be in the file too`;
      const [name, root] = stored(use, c, await c.hashes(issuer));
      store.values.set(name, root);
    }
    store.values.set(GIVEN, pem);
    return undefined;
  }

  /**
   * M04: by any of its names. `inUse` says which certificates the connection stands on (PEM): those stay (M04.FR.06).
   */
  remove(hash: CertificateHash, inUse: readonly string[]): "Accepted" | "Failed" | "NotFound" {
    const { keeper, store } = this.#o;
    const found = keeper.attempt(() => this.#stored(), undefined);
    if (found === undefined) return "Failed";
    const entry = found.find(([, root]) => root.hashes.some((h) => isSame(h, hash)));
    if (entry === undefined) return "NotFound";
    const [name, root] = entry;
    if (inUse.some((pem) => isSamePem(pem, root.pem))) return "Failed";
    if (!keeper.tried(() => store.values.delete(name))) return "Failed";
    this.#o.changed(`${root.use} removed: ${root.name}`);
    return "Accepted";
  }

  /** The connection stands on these certificates: with the new root among them, the old one goes (M05.FR.12). */
  proven(chain: readonly string[]): void {
    const { keeper, store } = this.#o;
    const stored = keeper.attempt(() => this.#stored(), []);
    const fallbacks = stored.filter(([, root]) => root.fallback === true);
    if (fallbacks.length === 0) return;
    const isNew = stored.some(
      ([, root]) =>
        root.use === "CSMSRootCertificate" &&
        root.fallback !== true &&
        chain.some((pem) => isSamePem(pem, root.pem)),
    );
    if (!isNew) return;
    for (const [name, root] of fallbacks) {
      keeper.eventually(
        () => store.values.delete(name),
        () => this.#o.changed(`${root.use} removed: ${root.name}, the new one holds`),
      );
    }
  }

  #put(
    use: RootUse,
    certificate: Certificate,
    hashes: readonly CertificateHash[],
    others: readonly Certificate[],
  ): Installation {
    const { keeper, store, settings } = this.#o;
    if (others.some((c) => isSamePem(c.pem, certificate.pem))) return { status: "Accepted" };
    const replaces =
      use === "CSMSRootCertificate" && settings.flag("SecurityCtrlr.AdditionalRootCertificateCheck");
    const current = this.#stored().filter(([, root]) => root.use === use);
    if (replaces && current.length > 0) {
      const old = current.find(([, root]) => root.fallback !== true);
      const signer = others.find((c) => old !== undefined && isSamePem(c.pem, old[1].pem));
      if (signer === undefined || !certificate.isSignedBy(signer))
        return rejected("it is not signed by the root certificate that it replaces (M05.FR.10)");
    } else if (this.count >= settings.count("SecurityCtrlr.CertificateEntries"))
      return rejected("there is no room for more certificates (CertificateStoreMaxLength)");
    const [name, root] = stored(use, certificate, hashes);
    const kept = keeper.tried(() => {
      if (replaces) this.#retire(current);
      store.values.set(name, root);
    });
    if (!kept) return { status: "Failed", why: "it cannot be stored" };
    this.#o.changed(`${use} installed: ${root.name}`);
    return { status: "Accepted" };
  }

  /** The present root becomes the fallback, and a former fallback goes. */
  #retire(current: readonly (readonly [string, StoredRoot])[]): void {
    const { values } = this.#o.store;
    for (const [name, root] of current) {
      if (root.fallback === true) values.delete(name);
      else values.set(name, { ...root, fallback: true });
    }
  }

  #stored(): readonly (readonly [string, StoredRoot])[] {
    const { values } = this.#o.store;
    return values.names(PREFIX).map((name) => [name, values.get(name) as StoredRoot] as const);
  }
}

/** With the name that its value has in the store. */
function stored(
  use: RootUse,
  certificate: Certificate,
  hashes: readonly CertificateHash[],
): readonly [string, StoredRoot] {
  const { pem, notAfter } = certificate;
  const { issuerKeyHash = "", serialNumber = "" } = hashes[0] ?? {};
  const name = `${PREFIX}${use}.${issuerKeyHash.slice(0, 16)}.${serialNumber}`;
  return [name, { use, pem, hashes, notAfter, name: nameOf(certificate) }];
}

function rejected(why: string): Installation {
  return { status: "Rejected", why };
}

/** A certificate for a person. */
export function nameOf({ subject, notAfter }: Certificate): string {
  const who = [subject.commonName, subject.organization].filter((part) => part !== undefined).join(", ");
  return `${who || "without a name"}, until ${new Date(notAfter).toISOString().slice(0, 10)}`;
}

/** Hashes are CiStrings. */
function isSame(a: CertificateHash, b: CertificateHash): boolean {
  const text = (h: CertificateHash) =>
    `${h.hashAlgorithm} ${h.issuerNameHash} ${h.issuerKeyHash} ${h.serialNumber.replace(/^0+(?=.)/, "")}`.toUpperCase();
  return text(a) === text(b);
}

function isSamePem(a: string, b: string): boolean {
  return a.replace(/\s/g, "") === b.replace(/\s/g, "");
}
