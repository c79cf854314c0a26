import type { LinkFact } from "../../station/facts.ts";
import type { LinkProblem } from "../../station/ports.ts";

/**
 * Why there is no connection, in words for a person. `refused`: somebody at the far end said no, or its certificate
 * was not accepted. `disconnected`: nobody could be reached, or a connection that stood is gone.
 */
export interface LinkFailure {
  readonly state: "disconnected" | "refused";
  readonly why: string;
  readonly hint?: string;
  /** The same is refused whenever it is tried, as far as the answer shows. */
  readonly lasting?: NonNullable<LinkFact["lasting"]>;
  readonly takenOver?: boolean;
  /** Where security is the reason. */
  readonly problem?: LinkProblem;
}

/** What is known of an attempt. */
export interface Attempt {
  readonly url: string;
  readonly offered: readonly string[];
  /** The Sec-WebSocket-Protocol header of the answer; undefined when there was none. */
  readonly answered: string | undefined;
  /** Did the connection stand when it failed? */
  readonly stood: boolean;
}

type Words = (host: string) => Omit<LinkFailure, "state">;

const trust = (why: string): Words => {
  const hint =
    "Give the certificate of the authority that signed it (CA), or ask the operator of the CSMS for it.";
  return (host) => ({
    why: `the certificate of ${host} ${why}`,
    hint,
    problem: "serverCertificate",
    lasting: "request",
  });
};

const unreachable = (why: string, hint: string): Words => {
  return (host) => ({ why: why.replace("HOST", host), hint });
};

/** Of our own doing: the certificate, or how TLS was spoken. */
const TLS: Readonly<Record<string, Words>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: trust("is self-signed"),
  SELF_SIGNED_CERT_IN_CHAIN: trust("is signed by an authority that is not known here"),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: trust("is signed by an authority that is not known here"),
  UNABLE_TO_GET_ISSUER_CERT: trust("is signed by an authority that is not known here"),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: trust("is signed by an authority that is not known here"),
  CERT_HAS_EXPIRED: (host) => ({
    why: `the certificate of ${host} has expired`,
    hint: "Have it renewed; if it is in order, look at the clock of this machine.",
    problem: "serverCertificate",
    lasting: "request",
  }),
  CERT_NOT_YET_VALID: (host) => ({
    why: `the certificate of ${host} is not valid yet`,
    hint: "Look at the clock of this machine.",
    problem: "serverCertificate",
    lasting: "request",
  }),
  ERR_TLS_CERT_ALTNAME_INVALID: (host) => ({
    why: `the certificate was not made for the name ${host}`,
    hint: "Use the name that the certificate was made for.",
    problem: "serverCertificate",
    lasting: "request",
  }),
  EPROTO: (host) => ({
    why: `${host} does not speak TLS as this side does`,
    hint: "If the CSMS offers no TLS on this port, write ws:// instead of wss://.",
  }),
};

const OLD_TLS: Words = (host) => ({
  why: `${host} speaks no TLS from version 1.2 on`,
  hint: "OCPP wants TLS 1.2 or newer (A00.FR.312): have the CSMS enable it.",
  problem: "tlsVersion",
});

const rejects = (why: string): Words => {
  const hint = "Give the station a certificate that the CSMS takes: --cert and --key, or SignCertificate.";
  return (host) => ({ why: `${host} ${why}`, hint, problem: "ownCertificate" });
};

/** What the far end said by a TLS alert (RFC 8446 §6.2), by the end of the error's code. */
const ALERTS: Readonly<Record<string, Words>> = {
  PROTOCOL_VERSION: OLD_TLS,
  HANDSHAKE_FAILURE: (host) => ({
    why: `${host} has no cipher suite in common with this station, or wants a certificate of it`,
    hint: "Have the CSMS enable a suite of A00.FR.317, for example ECDHE-ECDSA-AES128-GCM-SHA256; with profile 3 give --cert and --key.",
    problem: "cipherSuite",
  }),
  CERTIFICATE_REQUIRED: rejects("wants a certificate of this station, which has sent none"),
  BAD_CERTIFICATE: rejects("does not take the certificate of this station"),
  UNSUPPORTED_CERTIFICATE: rejects("cannot use the certificate of this station"),
  CERTIFICATE_REVOKED: rejects("says that the certificate of this station is revoked"),
  CERTIFICATE_EXPIRED: rejects("says that the certificate of this station has expired"),
  CERTIFICATE_UNKNOWN: rejects("does not take the certificate of this station"),
  UNKNOWN_CA: rejects("does not know who signed the certificate of this station"),
  ACCESS_DENIED: rejects("does not let the certificate of this station in"),
};

/**
 * OpenSSL's words for an alert come as a code, ERR_SSL_TLSV1_ALERT_UNKNOWN_CA, or as EPROTO with a text, "tlsv1 alert
 * unknown ca"; what stands before "alert" differs between its versions.
 */
function explainTls(code: string, message: string): Words | undefined {
  const known = TLS[code];
  if (!code.startsWith("ERR_SSL") && code !== "EPROTO") return known;
  const said = `${code} ${message}`.toUpperCase().replaceAll(" ", "_");
  if (said.includes("UNSUPPORTED_PROTOCOL")) return OLD_TLS;
  const alert = Object.keys(ALERTS).find((name) => said.includes(`_ALERT_${name}`));
  return alert === undefined ? TLS.EPROTO : ALERTS[alert];
}

/** Some far ends say so that they want another certificate, or one at all. */
const HUNG_UP: Words = unreachable(
  "HOST hung up before the WebSocket stood",
  "It may not take the certificate of this station, or miss one: look at its log, and at --cert and --key.",
);

const NETWORK: Readonly<Record<string, Words>> = {
  ECONNREFUSED: unreachable(
    "nobody listens at HOST",
    "Is the central system running, and is the port right?",
  ),
  ENOTFOUND: unreachable("there is no host of the name HOST", "Check the spelling, and the DNS server."),
  EAI_AGAIN: unreachable(
    "the name HOST could not be looked up",
    "The DNS server does not answer: is there a network?",
  ),
  ETIMEDOUT: unreachable("HOST does not answer", "Check the address, the network and firewalls between."),
  EHOSTUNREACH: unreachable("there is no way to HOST", "Check the address and the network."),
  ENETUNREACH: unreachable("there is no network to reach HOST", "Check the network of this machine."),
  ECONNRESET: unreachable(
    "HOST hung up before the WebSocket stood",
    "If the CSMS wants TLS on this port, write wss:// instead of ws://.",
  ),
};

/** What `ws` says, in English and without codes, when the answer to the handshake is not as it must be. */
const SUBPROTOCOL = /subprotocol/i;

/** Explains what `ws`, TLS or the network threw before or after the connection stood. */
export function explainError(error: unknown, a: Attempt): LinkFailure {
  const code = codeOf(error);
  const host = hostOf(a.url);
  const message = error instanceof Error ? error.message : String(error);
  if (code.startsWith("WS_ERR_")) {
    return { state: "disconnected", why: `the CSMS broke the rules of WebSocket: ${message}` };
  }
  if (a.stood)
    return { state: "disconnected", why: `the connection broke${code === "" ? "" : ` (${code})`}` };
  if (SUBPROTOCOL.test(message)) return refusedSubprotocol(a);
  const tls = explainTls(code, message);
  if (tls !== undefined) return { state: "refused", ...tls(host) };
  const network = code === "ECONNRESET" && a.url.startsWith("wss:") ? HUNG_UP : NETWORK[code];
  if (network !== undefined) return { state: "disconnected", ...network(host) };
  if (code.startsWith("HPE_")) {
    const hint = "Check host and port: something else listens there, or it wants wss://.";
    return { state: "refused", why: `${host} does not speak HTTP`, hint };
  }
  if (code.startsWith("ERR_OSSL")) {
    const hint = "Certificates and keys must be PEM texts that belong together.";
    return { state: "refused", why: `the certificate or key for TLS cannot be used: ${message}`, hint };
  }
  return { state: "disconnected", why: `no connection to ${host}: ${message}` };
}

function refusedSubprotocol({ offered, answered }: Attempt): LinkFailure {
  const why = `the CSMS does not agree to ${offered.join(" or ")}: it answered ${answered ?? "no subprotocol"}`;
  const hint = `Offered was ${offered.join(", ")}. Choose an OCPP version that the CSMS speaks with --ocpp, or enable this one there.`;
  return { state: "refused", why, hint, lasting: "version" };
}

const AUTHENTICATE = "Check identity and password (AuthorizationKey in 1.6, BasicAuthPassword in 2.0.1).";

const HTTP: Readonly<Record<number, string>> = {
  401: AUTHENTICATE,
  403: AUTHENTICATE,
  404: "Does the CSMS know this identity, and is the path of the URL right? The identity is its last part.",
  426: "The path is there but wants something else than a WebSocket: check the URL.",
  429: "Too many attempts: the next ones come at growing intervals.",
};

/** How servers say by status that none of the subprotocols is theirs, and that something else does not suit them. */
const UNCLEAR = new Set([400, 406, 501]);
/** Among the refusals of a client: come again later, also when an earlier connection of the same station is gone. */
const LATER = new Set([408, 409, 423, 425, 429]);

function lastingOf(status: number): Pick<LinkFailure, "lasting"> {
  if (UNCLEAR.has(status)) return { lasting: "unclear" };
  return status >= 300 && status < 500 && !LATER.has(status) ? { lasting: "request" } : {};
}

/**
 * The CSMS answered the handshake with an HTTP status instead of a WebSocket. `body` is the beginning of what it
 * said besides, when that was plain text.
 */
export function explainStatus(
  status: number,
  text: string | undefined,
  body: string,
  a: Attempt,
): LinkFailure {
  const name = text === undefined || text === "" ? "" : ` ${text.slice(0, 60)}`;
  const said = body === "" ? "" : `: ${body}`;
  const kind =
    status >= 500 && !UNCLEAR.has(status)
      ? "The CSMS, or a proxy before it, is in trouble: look at its log."
      : undefined;
  const redirect =
    status >= 300 && status < 400 ? "Redirects are not followed: give the address itself." : undefined;
  const hint =
    HTTP[status] ??
    kind ??
    redirect ??
    `Offered was ${a.offered.join(", ")}: does the CSMS speak it? Check the URL too.`;
  const problem = status === 401 || status === 403 ? ({ problem: "authentication" } as const) : {};
  return {
    state: "refused",
    why: `${hostOf(a.url)} answered HTTP ${status}${name}${said}`,
    hint,
    ...lastingOf(status),
    ...problem,
  };
}

/** Close codes (RFC 6455 §7.4.1) that say more than that it is over. */
const CLOSE: Readonly<Record<number, string>> = {
  1000: "the CSMS closed the connection",
  1001: "the CSMS is going away",
  1002: "the CSMS found a WebSocket protocol error on our side",
  1003: "the CSMS does not take this kind of message",
  1005: "the CSMS closed the connection without a reason",
  1006: "the connection broke",
  1008: "the CSMS closed the connection: its policy was violated",
  1009: "the CSMS closed the connection: a message was too large",
  1011: "the CSMS closed the connection: it has an internal error",
  1012: "the CSMS is restarting",
  1013: "the CSMS is too busy",
};

/** How central systems say that the same identity has connected once more; there is no code for it. */
const NEWER =
  /\b(newer|new|another|second|duplicated?) (connection|session|websocket)\b|\breplaced\b|\btook over\b/i;

/** A connection that stood was closed. */
export function explainClose(code: number, reason: string): LinkFailure {
  const closed = CLOSE[code] ?? `the CSMS closed the connection with code ${code}`;
  const why = reason === "" ? closed : `${closed} (${reason.slice(0, 123)})`;
  if (!NEWER.test(reason)) return { state: "disconnected", why };
  const hint = "Another station has connected there with the same identity: give this one its own with --id.";
  return { state: "disconnected", why, hint, takenOver: true };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** `localhost` fails for each of its addresses at once; the first tells enough. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}
