import { readFileSync } from "node:fs";
import type { Central } from "../central/index.ts";
import { defined } from "../ocpp/wire.ts";
import type { GivenCredentials, OwnCertificate, SecurityProfile } from "../station/security/access.ts";
import type { ConnectionSecurity, Security } from "../station/security/security.ts";
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

/** The paths of certificates that a configuration names. */
export const certificatesIn = ({
  ca,
  cert,
  key,
}: Partial<Pick<Config, "ca" | "cert" | "key">>): CertificateTexts => defined({ ca, cert, key });

/**
 * Gives a station the certificates that a configuration names, and what it and a central system in the same process
 * need of each other.
 * @throws AppError `config.invalid`, `usage`
 */
export async function secure(
  security: Security,
  config: Pick<Config, "id" | "ca" | "cert" | "key">,
  central: Central | undefined,
): Promise<void> {
  const files = certificatesIn(config);
  await giveCertificates(security, readCertificates(files), files);
  if (central !== undefined) await acquaint(security, central, config.id);
  mustSuffice(security);
}

/** What knows the credentials in force. */
export interface Shows {
  readonly profile: SecurityProfile;
  connection(): Credentials & { readonly roots: readonly string[] };
}

type Credentials = Omit<ConnectionSecurity, "certificate" | "roots"> & {
  readonly certificate?: Pick<OwnCertificate, "chain" | "privateKey">;
};

/** @throws AppError `usage` when the profile in force lacks what it needs */
export function mustSuffice(security: Shows): void {
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

/** Is it reached by TLS? */
export function isSecure(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === "wss:";
}
