import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/station/authorization/decide.ts";
import {
  authorizationSettings,
  authorizationVariables,
  type Circumstances,
  changes,
  differences,
  outcomeOf,
} from "../../src/station/authorization/explain.ts";
import type { AuthorizationStatus } from "../../src/station/types.ts";

const status = fc.constantFrom<AuthorizationStatus>("Accepted", "Blocked", "Expired", "Invalid");
const entry = fc.option(
  status.map((s) => ({ status: s })),
  { nil: undefined },
);
const circumstances: fc.Arbitrary<Circumstances> = fc
  .record({
    online: fc.boolean(),
    on: fc.uniqueArray(fc.constantFrom(...Object.values(authorizationVariables))),
    list: entry,
    cache: entry,
    central: fc.option(
      status.map((s) => ({ status: s, why: "so" })),
      { nil: undefined },
    ),
  })
  .map(({ online, on, list, cache, central }) => ({
    token: { idToken: "04A2241BC85E80", type: "ISO14443" },
    online,
    settings: authorizationSettings((variable) => on.includes(variable)),
    ...(list === undefined ? {} : { list }),
    ...(cache === undefined ? {} : { cache }),
    ...(central === undefined ? {} : { central }),
  }));

describe("what becomes of a token", () => {
  it("is what decide() says, and after asking what the central system says", () => {
    fc.assert(
      fc.property(circumstances, (c) => {
        const { list, cache, central, settings, ...rest } = c;
        const d = decide({
          ...rest,
          settings,
          ...(list !== undefined && settings.listEnabled ? { list } : {}),
          ...(cache !== undefined && settings.cacheEnabled ? { cache } : {}),
        });
        const { outcome, asks, rule, status } = outcomeOf(c);
        expect(rule).toBe(d.rule);
        expect(asks).toBe(d.do === "ask");
        if (d.do !== "ask")
          expect([outcome, status]).toEqual([d.do === "accept" ? "accepted" : "rejected", d.status]);
        else if (central === undefined) expect([outcome, status]).toEqual(["open", undefined]);
        else
          expect([outcome === "accepted", status]).toEqual([central.status === "Accepted", central.status]);
      }),
    );
  });
});

describe("what would change it", () => {
  it("is every single change that makes a difference, and no other; outcomes first", () => {
    fc.assert(
      fc.property(circumstances, (c) => {
        const now = outcomeOf(c);
        const all = [...changes(c)];
        const found = differences(c, all);
        for (const { to, ...change } of all) {
          const then = outcomeOf(to);
          const same =
            then.outcome === now.outcome &&
            then.asks === now.asks &&
            then.by === now.by &&
            then.status === now.status;
          const told = found.filter((d) => d.what === change.what && d.variable === change.variable);
          expect(told.map((d) => d.outcome)).toEqual(same ? [] : [then]);
          if (!same) expect(told[0]?.kind).toBe(then.outcome === now.outcome ? "way" : "outcome");
        }
        const kinds = found.map((d) => d.kind);
        expect(kinds).toEqual([...kinds].sort());
      }),
    );
  });

  it("tries each setting once, the connection, and both places", () => {
    const c = fc.sample(circumstances, 1)[0];
    if (c === undefined) throw new Error("no sample");
    const all = [...changes({ ...c, list: { status: "Accepted" }, cache: { status: "Blocked" } })];
    expect(all.map((x) => x.variable).filter((v) => v !== undefined)).toEqual(
      Object.values(authorizationVariables),
    );
    expect(all.map((x) => x.what)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^the connection is (up|down)$/),
        "the token is not in the Local Authorization List",
        "the Local Authorization List says Blocked",
        "the token is not in the Authorization Cache",
        "the Authorization Cache says Accepted",
      ]),
    );
  });
});
