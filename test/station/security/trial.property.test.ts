import fc from "fast-check";
import { expect, it } from "vitest";
import { memoryStore } from "../../../src/store/memory.ts";
import { type Bench, bench } from "../../support/station.ts";

/** Any order of changes, connections, failures and power cuts: the station is never locked out by what it was told. */

type Step =
  | { readonly do: "password"; readonly n: number }
  | { readonly do: "profile" }
  | { readonly do: "up" | "refused" | "unreachable" | "restart" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant("password" as const), n: fc.integer({ min: 1, max: 9 }) }),
    fc.constant({ do: "profile" as const }),
    fc.constantFrom("up", "refused", "unreachable", "restart").map((what) => ({ do: what }) as Step),
  ),
  { maxLength: 30 },
);

const passwordOf = (n: number) => `0${n}`.repeat(16);
const credentials = (b: Bench) => {
  const { profile, password } = b.station.kit.security.connection();
  return `${profile} ${password ?? ""}`;
};

/** Manual: nothing connects by itself. */
function start(store: ReturnType<typeof memoryStore>): Bench {
  const b = bench({ store });
  b.csms.auto = false;
  b.station.start();
  return b;
}

it("what was proven comes back, and what holds a connection stays", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const store = memoryStore();
      const first = bench({ store });
      first.station.kit.security.give({ profile: { value: 1, explicit: true }, password: passwordOf(0) });
      let b = start(store);
      /** What last held a connection, and what may be in force besides. */
      let proven = credentials(b);
      for (const step of all) {
        const { commands } = b.csms.listener ?? {};
        if (step.do === "password") commands?.setSetting("AuthorizationKey", passwordOf(step.n));
        else if (step.do === "profile") commands?.setSetting("SecurityProfile", "2");
        else if (step.do === "up") {
          b.csms.connect();
          proven = credentials(b);
        } else if (step.do === "restart") {
          const before = credentials(b);
          b.station.cutPower();
          b = start(store);
          expect(credentials(b)).toBe(before);
        } else if (step.do === "refused") {
          b.csms.listener?.link({ kind: "failed", why: "no", problem: "authentication" });
          expect(credentials(b)).toBe(proven);
        } else b.csms.listener?.link({ kind: "failed", why: "nobody is there" });
        await b.clock.advance(1);
        // Nothing but the command has changed the profile, and no root is installed: it cannot be raised.
        expect(credentials(b)).toMatch(/^1 /);
      }
    }),
    { numRuns: 200 },
  );
});
