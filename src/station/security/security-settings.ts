import type { FactBody } from "../facts.ts";
import type { Clock, SetSettingStatus } from "../ports.ts";
import type { Settings } from "../settings.ts";
import type { Access, SecurityProfile } from "./access.ts";
import type { RootCertificates } from "./roots.ts";

interface Targets {
  readonly access: Access;
  readonly roots: RootCertificates;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly fact: (body: FactBody) => void;
}

type Change = (t: Targets, value: string) => boolean;

/** The settings that credentials stand behind, by the name that each dialect has for them. */
const changes: Readonly<Record<string, Change>> = {
  /** 1.6: 16 to 20 bytes, hex. They are the password. */
  authorizationkey: (t, value) =>
    /^(?:[0-9a-f]{2}){16,20}$/i.test(value) && setPassword(t, "AuthorizationKey", value.toLowerCase()),
  /** 2.0.1: 16 to 40 characters that are the password themselves (A00.FR.205). */
  "securityctrlr.basicauthpassword": (t, value) =>
    /^[A-Za-z0-9*\-_=:+|@.]{16,40}$/.test(value) && setPassword(t, "BasicAuthPassword", hexOf(value)),
  securityprofile: raiseProfile,
};

/**
 * A change of AuthorizationKey, BasicAuthPassword or SecurityProfile by the central system; undefined when the name
 * is another one, or one that this model does not let be changed.
 */
export function securitySetting(t: Targets, name: string, value: string): SetSettingStatus | undefined {
  const key = name.toLowerCase();
  const row = t.settings.table.row(name);
  if (row === undefined || row.access === "ReadOnly" || !Object.hasOwn(changes, key)) return undefined;
  return changes[key]?.(t, value) === true ? "Accepted" : "Rejected";
}

/** The bytes of a text in UTF-8, hex. */
export function hexOf(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A01: from the next connection on, which is made at once when the password matters to it. */
function setPassword({ access, fact }: Targets, name: string, password: string): boolean {
  const { profile } = access.credentials;
  if (!access.change({ password }, profile === 1 || profile === 2, name)) return false;
  fact({ kind: "setting", name, by: "csms" });
  return true;
}

/** A05: up only, and only when everything is there that the new profile needs. */
function raiseProfile(t: Targets, value: string): boolean {
  const { access, roots, clock, fact } = t;
  const { profile, password = "", certificate } = access.credentials;
  const wanted = /^[123]$/.test(value) ? (Number(value) as SecurityProfile) : 0;
  if (wanted <= profile) return false;
  if (wanted < 3 && password.length < 2 * 16) return false;
  if (wanted > 1 && !roots.has("CSMSRootCertificate")) return false;
  const now = clock.now();
  const holds = certificate !== undefined && certificate.notBefore <= now && now < certificate.notAfter;
  if (wanted === 3 && !holds) return false;
  if (!access.change({ profile: wanted }, true, "SecurityProfile")) return false;
  fact({ kind: "setting", name: "SecurityProfile", value, by: "csms" });
  return true;
}
