import { createHash, randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import type { Sql } from "./sql.ts";

/** What a station showed when it connected. */
export interface Shown {
  readonly secure: boolean;
  /** User name and password of HTTP Basic authentication; the password's bytes. */
  readonly basic?: { readonly user: string; readonly password: Buffer };
  /** The client certificate: its CN, and why it does not hold, when it does not. */
  readonly certificate?: { readonly commonName: string; readonly problem?: string };
}

interface CredentialRow {
  readonly password?: string;
  readonly profile: number;
  readonly wanted?: number;
}

/** Why a station is not let in. */
export interface Denial {
  readonly status: 401 | 403;
  readonly why: string;
}

/** Cheap enough for many stations at once: the passwords are random keys of 16 bytes, not words. */
const COST = { N: 1024 } as const;

/** Who may connect how: passwords (salted and hashed, A01.FR.08), certificates, the security profile (A05.FR.09). */
export class Credentials {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The password's bytes in hex; undefined takes it away. */
  setPassword(station: string, password: string | undefined): void {
    const hash = password === undefined ? null : hashed(Buffer.from(password, "hex"), randomBytes(16));
    this.#sql.run(
      `INSERT INTO credential (station, password) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET password = excluded.password`,
      station,
      hash,
    );
  }

  /** The station was told to change to this profile, and has said that it will. */
  expect(station: string, profile: number): void {
    this.#sql.run(
      "INSERT INTO credential (station, wanted) VALUES (?, ?) ON CONFLICT DO UPDATE SET wanted = excluded.wanted",
      station,
      profile,
    );
  }

  /** May the station come in with what it shows? When it comes with the profile that it was told to, it has to from now on. */
  check(station: string, shown: Shown): Denial | undefined {
    const row = this.#row(station);
    const denial = certificateDenial(this.names(station), shown) ?? passwordDenial(station, shown, row);
    if (denial !== undefined) return denial;
    const profile = profileOf(shown);
    if (profile < row.profile) {
      return {
        status: 403,
        why: `This station has to come with security profile ${row.profile}, not ${profile}.`,
      };
    }
    if (row.wanted !== undefined && profile >= row.wanted) {
      this.#sql.run(
        "UPDATE credential SET profile = ?, wanted = NULL WHERE station = ?",
        row.wanted,
        station,
      );
    }
    return undefined;
  }

  /** What a certificate of the station may be for: its identity, or the serial number that it tells. */
  names(station: string): readonly string[] {
    const asset = this.#sql.record<{ serial?: string }>("SELECT serial FROM asset WHERE id = ?", station);
    return asset?.serial === undefined ? [station] : [station, asset.serial];
  }

  #row(station: string): CredentialRow {
    const row = this.#sql.record<CredentialRow>(
      "SELECT password, profile, wanted FROM credential WHERE station = ?",
      station,
    );
    return row ?? { profile: 0 };
  }
}

function profileOf({ secure, basic, certificate }: Shown): number {
  if (secure && certificate !== undefined) return 3;
  if (basic === undefined) return 0;
  return secure ? 2 : 1;
}

function certificateDenial(names: readonly string[], { certificate }: Shown): Denial | undefined {
  if (certificate === undefined) return undefined;
  const { problem, commonName } = certificate;
  if (problem !== undefined)
    return { status: 403, why: `The station's certificate does not hold: ${problem}.` };
  if (names.includes(commonName)) return undefined;
  return { status: 403, why: `The station's certificate is for "${commonName}", not for this identity.` };
}

/** A certificate stands for the password too (profile 3). */
function passwordDenial(
  station: string,
  { basic, certificate }: Shown,
  row: CredentialRow,
): Denial | undefined {
  if (row.password === undefined || certificate !== undefined) return undefined;
  if (basic === undefined) return { status: 401, why: "This station has to give its password." };
  if (basic.user === station && isPassword(basic.password, row.password)) return undefined;
  return { status: 401, why: "Identity and password do not belong together." };
}

/** Hashed twice: scrypt alone takes a password and the same with zero bytes behind it for one (HMAC pads with them). */
function hashed(password: Buffer, salt: Buffer): string {
  const digest = createHash("sha256").update(password).digest();
  return `${salt.toString("hex")}:${scryptSync(digest, salt, 32, COST).toString("hex")}`;
}

function isPassword(password: Buffer, stored: string): boolean {
  const [salt = ""] = stored.split(":", 1);
  return timingSafeEqual(Buffer.from(hashed(password, Buffer.from(salt, "hex"))), Buffer.from(stored));
}
