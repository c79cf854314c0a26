import { createPrivateKey, X509Certificate } from "node:crypto";
import { Authority, type Issued } from "../security/authority.ts";
import { pki } from "../security/pki.ts";
import type { Clock } from "../util/clock.ts";
import type { Sql } from "./sql.ts";

/** The name that stands in the demo's certificates as O; stations say theirs as CpoName. */
export const OPERATOR = "tapstation";

const YEAR_MS = 365 * 24 * 3_600_000;

/** The central system's own certificate authority: made when it is first needed, and kept with the records. */
export class CentralAuthority {
  readonly #sql: Sql;
  readonly #clock: Clock;
  #authority: Promise<Authority> | undefined;

  constructor(sql: Sql, clock: Clock) {
    this.#sql = sql;
    this.#clock = clock;
  }

  /** The root certificate, PEM. */
  async root(): Promise<string> {
    return (await this.#get()).certificate;
  }

  /** For TLS: a certificate for these hosts with its key, and whom to trust with those of stations. PEM. */
  async server(hosts: readonly string[]): Promise<{ cert: string; key: string; ca: string }> {
    const authority = await this.#get();
    const [commonName = "localhost"] = hosts;
    const about = { commonName, organization: OPERATOR, hosts, notAfter: this.#inAYear() };
    const { certificate, privateKey } = await authority.issue(about);
    return { cert: certificate, key: privateKey, ca: authority.certificate };
  }

  /** A certificate for a station, with a key made here: for rehearsals; real stations make their own. */
  async issue(station: string): Promise<Issued> {
    return (await this.#get()).issue({
      commonName: station,
      organization: OPERATOR,
      notAfter: this.#inAYear(),
    });
  }

  /**
   * Signs a station's request.
   * @throws when it is none, its signature does not hold, or its CN is none of these names
   */
  async sign(names: readonly string[], csr: string): Promise<string> {
    const certificate = await (await this.#get()).sign(csr, { notAfter: this.#inAYear() });
    const [read] = (await pki.read(certificate)) ?? [];
    const { commonName = "" } = read?.subject ?? {};
    if (!names.includes(commonName)) throw new Error(`its CN is "${commonName}", not ${names.join(" or ")}`);
    return certificate;
  }

  /** By the machine's clock, which TLS goes by, and by the clock of this central system. */
  #inAYear(): Date {
    return new Date(Math.max(Date.now(), this.#clock.now()) + YEAR_MS);
  }

  #get(): Promise<Authority> {
    this.#authority ??= this.#load();
    return this.#authority;
  }

  async #load(): Promise<Authority> {
    const stored = this.#sql.record<Issued>(
      "SELECT certificate, private_key AS privateKey FROM authority WHERE id = 1",
    );
    if (stored !== undefined && holds(stored)) return new Authority(stored);
    const made = await Authority.create({ commonName: "tapstation root", organization: OPERATOR });
    this.#sql.run(
      "INSERT OR REPLACE INTO authority (id, certificate, private_key) VALUES (1, ?, ?)",
      made.certificate,
      made.privateKey,
    );
    return made;
  }
}

/** Another month at least, and its key is there. */
function holds({ certificate, privateKey }: Issued): boolean {
  try {
    const x509 = new X509Certificate(certificate);
    const left = Date.parse(x509.validTo) - Date.now();
    return left > 30 * 24 * 3_600_000 && x509.checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    return false;
  }
}
