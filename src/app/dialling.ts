import type { LinkTls } from "../ocpp/rpc/link.ts";
import { parseCsmsUrl } from "../ocpp/rpc/url.ts";
import {
  type CertificateTexts,
  type CredentialOptions,
  givenCredentials,
  isSecure,
  mustSuffice,
  type Shows,
} from "./credentials.ts";

/** A00.FR.318, FR.422: TLS 1.2 with forward secrecy first, then what OCPP names besides; TLS 1.3 as it is. */
const CIPHERS = [
  ...["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"],
  ...["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"],
  ...["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"],
  ...["AES128-GCM-SHA256", "AES256-GCM-SHA384"],
].join(":");

/**
 * Credentials that stay as they were given, where no station is that could change them.
 * @throws AppError as {@link givenCredentials} and {@link mustSuffice}
 */
export function fixedCredentials(o: CredentialOptions, { ca, cert, key }: CertificateTexts): Shows {
  const { profile, password } = givenCredentials(o);
  const { value } = profile;
  const shows: Shows = {
    profile: value,
    connection: () => ({
      profile: value,
      roots: ca === undefined ? [] : [ca],
      ...(password === undefined || value === 0 || value === 3 ? {} : { password }),
      ...(cert === undefined || key === undefined || value !== 3
        ? {}
        : { certificate: { chain: cert, privateKey: key } }),
    }),
  };
  mustSuffice(shows);
  return shows;
}

/** How a station connects, looked up anew for each attempt. */
export class Dialling {
  readonly #id: string;
  readonly #base: string;
  readonly #secureBase: string;
  readonly #plain: string;
  readonly #secure: string;
  readonly #security: () => Shows;

  /** @throws AppError `usage` for a URL or an id that cannot be */
  constructor(id: string, o: CredentialOptions, security: () => Shows) {
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
