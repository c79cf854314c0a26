import fc from "fast-check";
import { expect, it } from "vitest";
import { CardUid } from "../../../src/station/card.ts";
import type { Fact } from "../../../src/station/facts.ts";
import { Workshop } from "../../conformance/workshop.ts";
import { type Bench, bench, CARD } from "../../support/station.ts";

/*
 * Firmware updates among everything else that happens to a station, files moving for real. Whatever comes between, an
 * update that was accepted comes to its end, and nobody's transaction is cut off by it.
 */

const steps = [
  "update",
  "updateLater",
  "diagnostics",
  "charge",
  "plug",
  "unplug",
  "cut",
  "restore",
  "disconnect",
  "connect",
  "soft",
  "second",
  "minute",
] as const;
type Step = (typeof steps)[number];

/** A bench with real files. */
class Trial {
  readonly b: Bench;
  readonly workshop: Workshop;
  asked = 0;

  constructor(workshop: Workshop) {
    this.workshop = workshop;
    const logs = { has: () => true, read: () => ['{"a":1}'], versions: {} };
    this.b = bench({ evses: 2, files: workshop.files, logs, retapMs: 0 });
    this.b.station.start();
  }

  /** Until neither files nor promises move any more. */
  async settle(): Promise<void> {
    for (let quiet = 0, seen = -1; quiet < 3; ) {
      await this.b.clock.advance(0);
      await this.workshop.files.rest();
      await new Promise((resolve) => setImmediate(resolve));
      const now = this.b.facts.length + this.b.csms.sent.length;
      quiet = now === seen ? quiet + 1 : 0;
      seen = now;
    }
  }

  async pass(ms: number): Promise<void> {
    await this.b.clock.advance(ms);
    await this.settle();
  }

  async do(step: Step): Promise<void> {
    const { station, csms, clock } = this.b;
    const request = { location: this.workshop.url("/v2.img"), tries: 1, retryIntervalS: 1 };
    const update = async (inMs: number) => {
      if (!csms.up) return;
      const retrieveDateTime = new Date(clock.now() + inMs).toISOString();
      const { status } = await csms.commands.updateFirmware({ ...request, retrieveDateTime });
      if (status !== "Rejected") this.asked++;
    };
    const card = () => station.cardPresented({ uid: CardUid.parse(CARD), reader: "test" });
    const [first] = station.evses;
    const doers: Record<Step, () => unknown> = {
      update: () => update(0),
      updateLater: () => update(90_000),
      diagnostics: () =>
        csms.up &&
        csms.commands.getLog({ ...request, log: "DiagnosticsLog", location: this.workshop.url("/logs") }),
      charge: () => void card(),
      plug: () => first && !first.plugged && station.plug(first),
      unplug: () => first?.plugged && station.unplug(first),
      cut: () => station.cutPower(),
      restore: () => station.start(),
      disconnect: () => csms.up && csms.disconnect(),
      connect: () => csms.up || (csms.listener && csms.connect()),
      soft: () => csms.up && csms.commands.reset({ type: "Soft" }),
      second: () => this.pass(1000),
      minute: () => this.pass(60_000),
    };
    await doers[step]();
    // Not always to the end: the next step may come in the middle.
    await clock.advance(1);
  }

  /** All is well again, and time enough. */
  async end(): Promise<void> {
    const { station, csms } = this.b;
    station.start();
    await this.settle();
    if (!csms.up && csms.listener !== undefined) csms.connect();
    for (const evse of station.evses) if (evse.plugged) station.unplug(evse);
    await this.settle();
    for (let n = 0; n < 12; n++) await this.pass(30_000);
  }
}

/** A transaction that runs when an installation begins, or begins before its restart. */
function cutOff(facts: readonly Fact[]): Fact[] {
  const open = new Set<number>();
  let installing = false;
  return facts.filter((f) => {
    if (f.kind === "power") {
      open.clear();
      installing = false;
    }
    if (f.kind === "maintenance" && f.what === "firmware") installing = f.status === "Installing";
    if (f.kind === "transaction" && f.event === "ended") open.delete(f.evseId);
    if (f.kind === "transaction" && f.event === "started") open.add(f.evseId);
    return installing && open.size > 0;
  });
}

it("an accepted update ends in Installed, whatever comes between, and cuts nobody off", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...steps), { minLength: 3, maxLength: 16 }), async (plan) => {
      const workshop = await Workshop.open();
      workshop.images.set("/v2.img", "firmwareVersion: 2.0.0\ninstallSeconds: 20\n");
      const trial = new Trial(workshop);
      try {
        await trial.settle();
        for (const step of plan) await trial.do(step);
        await trial.end();
        const { b } = trial;
        expect(cutOff(b.facts)).toEqual([]);
        expect(b.facts.filter((f) => f.kind === "maintenance" && f.status.endsWith("ailed"))).toEqual([]);
        expect(b.station.evses.map((e) => e.chargePointStatus)).toEqual(["Available", "Available"]);
        if (trial.asked === 0) return;
        expect(b.csms.of("firmwareStatus").at(-1)).toMatchObject({ status: "Installed" });
        expect(b.csms.of("boot").at(-1)).toMatchObject({ identity: { firmwareVersion: "2.0.0" } });
        expect(b.store.values.names("firmware.")).toEqual(["firmware.last", "firmware.version"]);
        expect(b.store.values.names("upload.")).toEqual([]);
      } finally {
        await trial.b.station.stop();
        await workshop.close();
      }
    }),
    {
      numRuns: 60,
      // Somebody charges between a restart and the installation that goes on after it.
      examples: [[["update", "minute", "cut", "restore", "charge", "update", "plug", "update"]]],
    },
  );
}, 120_000);
