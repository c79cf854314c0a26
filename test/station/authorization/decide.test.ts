import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AuthorizationSettings,
  decide,
  decideWithoutAnswer,
  type Question,
  ruleIds,
} from "../../../src/station/authorization/decide.ts";
import type { AuthorizationStatus, IdTokenType } from "../../../src/station/types.ts";

const standard: AuthorizationSettings = {
  enabled: true,
  listEnabled: true,
  cacheEnabled: true,
  localPreAuthorize: false,
  localAuthorizeOffline: true,
  offlineTxForUnknownId: false,
  disableRemoteAuthorization: false,
  listDisablePostAuthorize: false,
  cacheDisablePostAuthorize: false,
};

interface Row {
  readonly name: string;
  readonly online?: boolean;
  readonly list?: AuthorizationStatus;
  readonly cache?: AuthorizationStatus;
  readonly type?: IdTokenType;
  readonly keys?: Partial<AuthorizationSettings>;
  readonly rule: string;
  readonly expected: string;
}

function ask(row: Omit<Row, "name" | "rule" | "expected">): Question {
  return {
    token: { idToken: "04A2241BC85E80", type: row.type ?? "ISO14443" },
    online: row.online ?? true,
    settings: { ...standard, ...row.keys },
    ...(row.list === undefined ? {} : { list: { status: row.list } }),
    ...(row.cache === undefined ? {} : { cache: { status: row.cache } }),
  };
}

const off = { online: false } as const;
const pre = { localPreAuthorize: true } as const;
const any = { offlineTxForUnknownId: true } as const;
const noOffline = { localAuthorizeOffline: false } as const;

const rows: readonly Row[] = [
  {
    name: "authorization switched off",
    keys: { enabled: false },
    rule: "authorization-off",
    expected: "accept by settings",
  },
  {
    name: "start button",
    type: "NoAuthorization",
    rule: "no-authorization-token",
    expected: "accept by settings",
  },
  { name: "token of the central system", type: "Central", rule: "central-token", expected: "accept by csms" },
  { name: "online, unknown", rule: "ask", expected: "ask" },
  { name: "online, listed, no pre-authorization", list: "Accepted", rule: "ask", expected: "ask" },
  { name: "online, cached, no pre-authorization (TC_C_36)", cache: "Accepted", rule: "ask", expected: "ask" },
  {
    name: "online, listed, pre-authorized",
    list: "Accepted",
    keys: pre,
    rule: "pre-authorized",
    expected: "accept by list",
  },
  {
    name: "online, cached, pre-authorized",
    cache: "Accepted",
    keys: pre,
    rule: "pre-authorized",
    expected: "accept by cache",
  },
  {
    name: "online, list beats cache",
    list: "Blocked",
    cache: "Accepted",
    keys: pre,
    rule: "ask",
    expected: "ask",
  },
  {
    name: "online, Blocked in the list still asks (C14.FR.03)",
    list: "Blocked",
    keys: pre,
    rule: "ask",
    expected: "ask",
  },
  { name: "online, expired in the cache asks", cache: "Expired", keys: pre, rule: "ask", expected: "ask" },
  {
    name: "online, list is final",
    list: "Blocked",
    keys: { ...pre, listDisablePostAuthorize: true },
    rule: "list-final",
    expected: "reject by list",
  },
  {
    name: "online, cache is final (TC_C_57)",
    cache: "Invalid",
    keys: { ...pre, cacheDisablePostAuthorize: true },
    rule: "cache-final",
    expected: "reject by cache",
  },
  {
    name: "never asks, known",
    cache: "Accepted",
    keys: { disableRemoteAuthorization: true },
    rule: "local-only-accept",
    expected: "accept by cache",
  },
  {
    name: "never asks, unknown",
    keys: { disableRemoteAuthorization: true },
    rule: "local-only-reject",
    expected: "reject by settings",
  },
  { name: "offline, listed", ...off, list: "Accepted", rule: "offline-known", expected: "accept by list" },
  { name: "offline, cached", ...off, cache: "Accepted", rule: "offline-known", expected: "accept by cache" },
  {
    name: "offline, listed as Blocked",
    ...off,
    list: "Blocked",
    rule: "offline-list-refuses",
    expected: "reject by list",
  },
  {
    name: "offline, listed as Blocked, unknown allowed (libocpp accepts)",
    ...off,
    list: "Blocked",
    keys: { ...any, ...noOffline },
    rule: "offline-list-refuses",
    expected: "reject by list",
  },
  {
    name: "offline, list Blocked beats cache Accepted (TC_C_25)",
    ...off,
    list: "Blocked",
    cache: "Accepted",
    keys: any,
    rule: "offline-list-refuses",
    expected: "reject by list",
  },
  {
    name: "offline, listed and expired",
    ...off,
    list: "Expired",
    keys: any,
    rule: "offline-list-refuses",
    expected: "reject by list",
  },
  {
    name: "offline, ConcurrentTx in the list starts nothing (§3.5.4)",
    ...off,
    list: "ConcurrentTx",
    keys: any,
    rule: "offline-list-refuses",
    expected: "reject by list",
  },
  {
    name: "offline, cached as Invalid, unknown allowed (libocpp accepts)",
    ...off,
    cache: "Invalid",
    keys: any,
    rule: "offline-cache-refuses",
    expected: "reject by cache",
  },
  {
    name: "offline, cached and expired",
    ...off,
    cache: "Expired",
    keys: any,
    rule: "offline-cache-refuses",
    expected: "reject by cache",
  },
  { name: "offline, unknown", ...off, rule: "offline-unknown", expected: "reject by settings" },
  {
    name: "offline, unknown allowed",
    ...off,
    keys: any,
    rule: "offline-any",
    expected: "accept by settings",
  },
  {
    name: "offline, known, local authorization forbidden",
    ...off,
    cache: "Accepted",
    keys: noOffline,
    rule: "offline-known-but-forbidden",
    expected: "reject by settings",
  },
  {
    name: "offline, known, local authorization forbidden, unknown allowed",
    ...off,
    list: "Accepted",
    keys: { ...noOffline, ...any },
    rule: "offline-any",
    expected: "accept by settings",
  },
];

describe("decide (1.6 §3.5, 2.0.1 C01 to C15)", () => {
  it.each(rows)("$name: $expected", (row) => {
    const d = decide(ask(row));
    expect(d.rule).toBe(row.rule);
    expect(d.do === "ask" ? "ask" : `${d.do} by ${d.by}`).toBe(row.expected);
    expect(d.why).not.toBe("");
  });

  it("has a row for every rule", () => {
    expect(new Set(rows.map((r) => r.rule))).toEqual(new Set(ruleIds));
  });
});

const status = fc.constantFrom<AuthorizationStatus | undefined>(
  undefined,
  "Accepted",
  "Blocked",
  "Expired",
  "Invalid",
);
const settings = fc.record(
  Object.fromEntries(Object.keys(standard).map((k) => [k, fc.boolean()])) as Record<
    keyof AuthorizationSettings,
    fc.Arbitrary<boolean>
  >,
);
const question = fc
  .record({ online: fc.boolean(), list: status, cache: status, keys: settings })
  .map(({ online, list, cache, keys }) =>
    ask({ online, keys, ...(list && { list }), ...(cache && { cache }) }),
  );

describe("decide, for every situation", () => {
  it("never asks offline, and says the status of a refused entry", () => {
    fc.assert(
      fc.property(question, (q) => {
        const d = decide({ ...q, online: false });
        expect(d.do).not.toBe("ask");
        if (d.do === "accept") expect(d.status).toBe("Accepted");
        if (d.do === "reject") expect(d.status).not.toBe("Accepted");
      }),
    );
  });

  it("a list entry that is not Accepted never leads to a start by itself", () => {
    fc.assert(
      fc.property(question, (q) => {
        if (q.list === undefined || q.list.status === "Accepted" || !q.settings.enabled) return;
        expect(decide(q).do).not.toBe("accept");
      }),
    );
  });

  it("a missing answer accepts nothing that being offline would not accept", () => {
    const failures = fc.constantFrom("offline", "timeout", "callError", "badAnswer", "unsupported");
    fc.assert(
      fc.property(question, failures, (q, failure) => {
        const d = decideWithoutAnswer(q, failure as "offline", "x");
        const offline = decide({ ...q, online: false });
        if (d.do === "accept")
          expect([offline.do, ["offline", "timeout"].includes(failure)]).toEqual(["accept", true]);
        expect(d.do).not.toBe("ask");
      }),
    );
  });
});
