import { readFileSync } from "node:fs";
import type { Central } from "../central/index.ts";
import type { LinkTls } from "../ocpp/rpc/link.ts";
import { parseCsmsUrl } from "../ocpp/rpc/url.ts";
import { defined } from "../ocpp/wire.ts";
import type { GivenCredentials, SecurityProfile } from "../station/security/access.ts";
import type { Security } from "../station/security/security.ts";
import { hexOf } from "../station/security/security-settings.ts";
import { AppError, errorText } from "../util/errors.ts";
import type { Config } from "./config.ts";

/* What a person gives a station to identify itself with, and what becomes of it on the wire. */

export interface CredentialOptions {
  /** Base URL of the central system. */
  readonly csms: string;
  /** Base URL from security profile 2 on; left out: `csms` with wss. */
  readonly csmsSecure?: string;
  /** A text. */
  readonly password?: string;
  /** Instead of a password: its bytes in hex, as OCPP 1.6 has them. */
  readonly authorizationKey?: string;
  readonly securityProfile?: number;
  /** Is there a certificate of the station's own? */
  readonly certificate?: boolean;
}

/** PEM texts. */
export interface CertificateTexts {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * The credentials as the domain takes them. Without a profile: 3 with a certificate, 2 with TLS and a password, 1 with
 * a password, otherwise 0.
 * @throws AppError `usage` when they contradict each other
 */
export function givenCredentials(o: CredentialOptions): GivenCredentials {
  if (o.password !== undefined && o.authorizationKey !== undefined) {
    throw new AppError("usage", "Both a password and an AuthorizationKey were given", {
      hint: "Leave one of --password and --authorization-key out: they are two ways to give the same.",
    });
  }
  if (o.csmsSecure !== undefined && !isSecure(o.csmsSecure)) {
    throw new AppError(
      "usage",
      "The address for security profiles 2 and 3 is not secure: it starts with ws://",
      {
        hint: "Write wss:// in --csms-secure.",
      },
    );
  }
  const secure = isSecure(o.csms);
  const password =
    o.authorizationKey?.toLowerCase() ?? (o.password === undefined ? undefined : hexOf(o.password));
  const derived = secure && o.certificate === true ? 3 : password === undefined ? 0 : secure ? 2 : 1;
  const value = (o.securityProfile ?? derived) as SecurityProfile;
  if (o.securityProfile !== undefined && value < 2 && secure) {
    throw new AppError(
      "usage",
      `Security profile ${value} is without TLS, and ${new URL(o.csms).host} is to be reached by wss://`,
      {
        hint: "Write ws://, or choose security profile 2 (password) or 3 (certificate).",
      },
    );
  }
  return {
    profile: { value, explicit: o.securityProfile !== undefined },
    ...(password === undefined ? {} : { password }),
  };
}

/** What a configuration says of them. */
export function credentialsIn(
  config: Pick<Config, "password" | "authorizationKey" | "securityProfile" | "csmsSecure" | "cert">,
): Omit<CredentialOptions, "csms"> {
  const { password, authorizationKey, securityProfile, csmsSecure, cert } = config;
  return defined({
    password,
    authorizationKey,
    securityProfile,
    csmsSecure,
    certificate: cert !== undefined,
  });
}

/**
 * Gives a station the certificates that a configuration names, and what it and a central system in the same process
 * need of each other.
 * @throws AppError `config.invalid`, `usage`
 */
export async function secure(
  security: Security,
  { id, ca, cert, key }: Pick<Config, "id" | "ca" | "cert" | "key">,
  central: Central | undefined,
): Promise<void> {
  const files = defined({ ca, cert, key });
  await giveCertificates(security, readCertificates(files), files);
  if (central !== undefined) await acquaint(security, central, id);
  mustSuffice(security);
}

/** @throws AppError `usage` when the profile in force lacks what it needs */
export function mustSuffice(security: Security): void {
  const { profile, password, certificate } = security.connection();
  const needs = profile === 3 ? certificate : profile > 0 ? password : "nothing";
  if (needs !== undefined) return;
  throw new AppError(
    "usage",
    `Security profile ${profile} needs ${profile === 3 ? "a certificate" : "a password"}`,
    {
      hint: profile === 3 ? "Give --cert and --key." : "Give --password or --authorization-key.",
    },
  );
}

/**
 * Gives certificates to a station. `named` says how a person knows each text: a file's name.
 * @throws AppError `config.invalid`
 */
export async function giveCertificates(
  security: Security,
  { ca, cert, key }: CertificateTexts,
  named: CertificateTexts = {},
): Promise<void> {
  const problem = await security.giveCertificates({
    ...(ca === undefined ? {} : { roots: ca }),
    ...(cert === undefined ? {} : { chain: cert }),
    ...(key === undefined ? {} : { privateKey: key }),
  });
  if (problem === undefined) return;
  const what = ({ roots: "ca", chain: "cert", privateKey: "key" } as const)[problem.what];
  throw new AppError("config.invalid", `${named[what] ?? what}: ${problem.why}`, {
    hint: "Give PEM files: roots with --ca, the station's certificate with --cert, its key without a passphrase with --key.",
  });
}

/** Reads the files. @throws AppError `config.invalid`, and `usage` for a certificate without its key */
export function readCertificates(files: CertificateTexts): CertificateTexts {
  if ((files.cert === undefined) !== (files.key === undefined)) {
    throw new AppError("usage", "A certificate and its private key belong together", {
      hint: "Give both --cert and --key.",
    });
  }
  const entries = Object.entries(files).map(([name, path]) => [name, readPem(name, path as string)]);
  return Object.fromEntries(entries) as CertificateTexts;
}

function readPem(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new AppError("config.invalid", `--${name} ${path} cannot be read: ${errorText(cause)}`, {
      hint: "Give the path of a PEM file.",
      cause,
    });
  }
}

/**
 * A station and a central system in the same process tell each other what they need for the security profile in
 * force: the password; the root, and a certificate when the station has none.
 */
export async function acquaint(security: Security, central: Central, id: string): Promise<void> {
  const { password } = security.connection();
  if (password !== undefined) central.setPassword(id, password);
  const root = await central.rootCertificate();
  if (root === undefined) return;
  const needs = security.profile === 3 && security.connection().certificate === undefined;
  const issued = needs ? await central.issueCertificate(id) : undefined;
  await giveCertificates(security, {
    ca: root,
    ...(issued === undefined ? {} : { cert: issued.certificate, key: issued.privateKey }),
  });
}

/** A00.FR.318, FR.422: TLS 1.2 with forward secrecy first, then what OCPP names besides; TLS 1.3 as it is. */
const CIPHERS = [
  ...["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"],
  ...["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"],
  ...["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"],
  ...["AES128-GCM-SHA256", "AES256-GCM-SHA384"],
].join(":");

/** How a station connects, looked up anew for each attempt. */
export class Dialling {
  readonly #id: string;
  readonly #base: string;
  readonly #secureBase: string;
  readonly #plain: string;
  readonly #secure: string;
  readonly #security: () => Security;

  /** @throws AppError `usage` for a URL or an id that cannot be */
  constructor(id: string, o: CredentialOptions, security: () => Security) {
    this.#id = id;
    this.#base = o.csms;
    this.#secureBase = o.csmsSecure ?? secureUrl(o.csms);
    this.#plain = parseCsmsUrl(o.csms, id);
    this.#secure = parseCsmsUrl(this.#secureBase, id);
    this.#security = security;
  }

  /** Without the station's identity. */
  get base(): string {
    return this.#security().profile >= 2 ? this.#secureBase : this.#base;
  }

  get url(): string {
    const { profile, password } = this.#security().connection();
    const url = profile >= 2 ? this.#secure : this.#plain;
    return password === undefined ? url : withoutUser(url);
  }

  get headers(): Readonly<Record<string, string>> | undefined {
    const { password } = this.#security().connection();
    return password === undefined ? undefined : basicAuth(this.#id, password);
  }

  get tls(): LinkTls | undefined {
    if (!isSecure(this.url)) return undefined;
    const { roots, certificate } = this.#security().connection();
    return {
      minVersion: "TLSv1.2",
      ciphers: CIPHERS,
      // A root that was replaced by one that it signed may be gone (white paper §7.1).
      allowPartialTrustChain: true,
      ...(roots.length === 0 ? {} : { ca: [...roots] }),
      ...(certificate === undefined ? {} : { cert: certificate.chain, key: certificate.privateKey }),
    };
  }
}

function isSecure(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === "wss:";
}

function secureUrl(url: string): string {
  return url.replace(/^ws:/i, "wss:");
}

/** The credentials in force come before those of the URL. */
function withoutUser(text: string): string {
  const url = new URL(text);
  url.username = "";
  url.password = "";
  return url.href;
}

/** Security white paper §2.3, 2.0.1 A00.FR.204: the station's id is the user name. `password` is hex. */
function basicAuth(id: string, password: string): Record<string, string> {
  const bytes = Buffer.concat([Buffer.from(`${id}:`, "utf8"), Buffer.from(password, "hex")]);
  return { Authorization: `Basic ${bytes.toString("base64")}` };
}
