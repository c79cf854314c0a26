import { secretMembers } from "../../station/secrets.ts";
import { MASK } from "../../util/mask.ts";
import { MAX_NESTING, nestsWithin } from "./frame.ts";
import type { FrameRecord } from "./types.ts";

/** Could the text hold a secret? Runs over every frame. Linear: what follows "://" ends at the next slash. */
const MAY_HOLD_SECRET =
  /KeyCode|AuthorizationKey|password|passphrase|secret|pin"|PRIVATE KEY|:\\?\/\\?\/[^\s/?#]*@/i;

/** Properties that are secrets wherever they stand (2.0.1 APNType, VPNType; 2.1 basicAuthPassword). */
const SECRET_PROPERTY = /^(apnPassword|basicAuthPassword|password|simPin)$/i;

/** user:password@ or token@ between scheme and host. */
const USERINFO = /([a-z][a-z0-9+.-]*:\/\/)([^\s/?#:@]*)(:?)[^\s/?#]*@/gi;

const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

type Json = Readonly<Record<string, unknown>>;

/**
 * The record with secrets masked, in the payload and in the raw text: PIN codes (idTokens of type KeyCode), values of
 * AuthorizationKey and BasicAuthPassword however they are set, reported or configured, passwords in URLs, private
 * keys. A record without any is returned as it is. A text that is no JSON and may hold one is not kept at all.
 */
export function redactFrame(record: FrameRecord): FrameRecord {
  if (!isSuspicious(record.raw)) return record;
  const raw = redactText(record.raw);
  if (raw === record.raw) return record;
  return record.payload === undefined
    ? { ...record, raw }
    : { ...record, payload: mask(record.payload), raw };
}

/** Any character may be written as an escape, and some libraries write many so. */
function isSuspicious(raw: string): boolean {
  if (MAY_HOLD_SECRET.test(raw)) return true;
  if (!raw.includes("\\u")) return false;
  return MAY_HOLD_SECRET.test(
    raw.replace(/\\u([0-9a-f]{4})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
}

function redactText(raw: string): string {
  const json = readJson(raw);
  if (json === undefined) return `${MASK} (${raw.length} characters that are no JSON and may hold a secret)`;
  const masked = mask(json.value);
  return masked === json.value ? raw : JSON.stringify(masked);
}

function readJson(raw: string): { readonly value: unknown } | undefined {
  if (!nestsWithin(raw, MAX_NESTING)) return undefined;
  try {
    return { value: JSON.parse(raw) };
  } catch {
    return undefined;
  }
}

/** The same value when nothing in it is secret, else a copy. `names`: properties that are secret just here. */
function mask(value: unknown, names: readonly string[] = []): unknown {
  if (typeof value === "string") return maskText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => mask(item, names));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  return maskObject(value as Json, names);
}

function maskText(text: string): string {
  return text
    .replace(USERINFO, (_all, scheme: string, user: string, colon: string) =>
      colon === "" ? `${scheme}${MASK}@` : `${scheme}${user}:${MASK}@`,
    )
    .replace(PRIVATE_KEY, `${MASK} private key ${MASK}`);
}

function maskObject(object: Json, names: readonly string[]): unknown {
  const secret = [...names, ...secretMembers(object)];
  // NotifyReport keeps the value of a variable one level deeper.
  const below = secret.includes("attributeValue") ? ["value"] : [];
  let changed = false;
  const entries = Object.entries(object).map(([name, value]) => {
    const masked = isSecret(name, value, secret)
      ? MASK
      : mask(value, name === "variableAttribute" ? below : []);
    changed ||= masked !== value;
    return [name, masked] as const;
  });
  return changed ? Object.fromEntries(entries) : object;
}

function isSecret(name: string, value: unknown, names: readonly string[]): boolean {
  const isScalar = typeof value === "string" || typeof value === "number";
  return isScalar && (names.includes(name) || SECRET_PROPERTY.test(name));
}
