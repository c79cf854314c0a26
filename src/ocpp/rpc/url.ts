import { AppError } from "../../util/errors.ts";

/**
 * The full address of a station's connection: the central system's URL with the station's identity as last segment of
 * the path, percent-encoded (1.6J §3.1.1, 2.0.1 part 4 §3.1.1). A URL that ends in the identity already is taken as
 * it is. User and password in the URL are kept: they become HTTP Basic authentication. Throws AppError `usage`.
 */
export function parseCsmsUrl(text: string, stationId: string): string {
  const url = readUrl(text.trim());
  const identity = encodeIdentity(stationId);
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith(`/${identity}`) ? path : `${path}/${identity}`;
  return url.href;
}

/**
 * A URL as it may be shown and stored: without user and password, its query's values masked. Takes any text; of one
 * that is no URL, all that could be a password goes.
 */
export function publicUrl(text: string): string {
  const userinfo = URL.canParse(text)
    ? /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i
    : /^([a-z][a-z0-9+.-]*:\/\/).*@/is;
  return text.replace(userinfo, "$1").replace(/([?&][^=&#]*)=[^&#]*/g, "$1=***");
}

const EXAMPLE = "Give it like ws://csms.example:9000/ocpp or wss://csms.example/ocpp.";

function readUrl(text: string): URL {
  const shown = publicUrl(text);
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new AppError("usage", `"${shown}" is not a URL of a central system`, { hint: EXAMPLE, cause });
  }
  if (url.protocol === "http:" || url.protocol === "https:") {
    const hint = `OCPP-J runs over WebSocket: write ${url.protocol === "http:" ? "ws" : "wss"}://${shown.slice(url.protocol.length + 2)}.`;
    throw new AppError("usage", `"${shown}" starts with ${url.protocol}//, not ws:// or wss://`, { hint });
  }
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw new AppError("usage", `"${shown}" does not start with ws:// or wss://`, { hint: EXAMPLE });
  }
  if (url.hash !== "") {
    const hint = 'Leave out the part from "#" on.';
    throw new AppError("usage", `"${shown}" has a fragment, which a WebSocket address cannot have`, { hint });
  }
  return url;
}

function encodeIdentity(stationId: string): string {
  const problem =
    stationId === "" ? "is empty" : /^\.\.?$/.test(stationId) ? "would be lost in a URL" : undefined;
  if (problem !== undefined) throw identityError(stationId, problem);
  try {
    return encodeURIComponent(stationId);
  } catch (cause) {
    throw identityError(stationId, "is not well-formed Unicode", cause);
  }
}

function identityError(stationId: string, problem: string, cause?: unknown): AppError {
  const hint = "Give the identity that the central system knows the station by, for example CP001.";
  return new AppError("usage", `the station's identity "${stationId}" ${problem}`, { hint, cause });
}
