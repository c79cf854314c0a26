import { AppError, type ErrorCode, errorText, isAppError } from "../util/errors.ts";

export type TransferCode = Extract<ErrorCode, `transfer.${string}`>;

/** A URL as it may be shown: no user, no password, and no query, where signed links keep their signature. */
export function shownUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** Text of a far end, fit to be shown: one line, not long. */
export function printable(text: string): string {
  const clean = text.replace(/\p{Cc}+/gu, " ").trim();
  return clean.length > 200 ? `${clean.slice(0, 197)}...` : clean;
}

export function transferError(
  code: TransferCode,
  message: string,
  hint = "Look whether the URL is right and the server is well, then ask the station again.",
  cause?: unknown,
): AppError {
  return new AppError(code, message, cause === undefined ? { hint } : { hint, cause });
}

/** What system calls say, in words. */
const SYSTEM: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there",
  ECONNRESET: "the server cut the connection",
  EHOSTUNREACH: "there is no way to that machine",
  ENETUNREACH: "there is no way to that network",
  ENOTFOUND: "there is no machine of that name",
  EAI_AGAIN: "the name cannot be looked up now",
  ENOSPC: "the disk is full",
  EPIPE: "the server cut the connection",
  ETIMEDOUT: "the machine does not answer",
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is self-signed",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another name",
  SELF_SIGNED_CERT_IN_CHAIN: "nobody knows the authority of the server's certificate",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "nobody knows the authority of the server's certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "nobody knows the authority of the server's certificate",
};

/** Anything that was thrown during a transfer as an AppError `transfer.*`; `about` is what was being done. */
export function asTransferError(e: unknown, about: string): AppError {
  if (isAppError(e)) return e;
  const code = typeof e === "object" && e !== null && "code" in e ? String(e.code) : "";
  const why = SYSTEM[code] ?? printable(errorText(e));
  return transferError("transfer.failed", `${about}: ${why}`, undefined, e);
}
