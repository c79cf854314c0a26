import { expect, it } from "vitest";
import { createCentral } from "../../src/index.ts";
import { socatMissing } from "../support/pty.ts";
import { soak } from "../support/soak.ts";

const missing = socatMissing();
const TAPS = 1000;

it.skipIf(missing !== undefined)(
  `a reader that is used and unplugged for long holds no more than before${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  async () => {
    const central = await createCentral();
    const { early, late, counts } = await soak(central.url, TAPS);
    await central.close();
    expect(counts).toMatchObject({ "card presented": TAPS, "card removed": TAPS, "reader lost": 10 });
    expect(counts["card ignored"]).toBeUndefined();
    for (const what of ["files", "timers"] as const)
      expect(late[what], what).toBeLessThanOrEqual(early[what]);
    // A read or a look at the disk may be under way in that very moment; a leak would be one for each of nine unplugs.
    expect(late.handles).toBeLessThan(early.handles + 5);
  },
  120_000,
);
