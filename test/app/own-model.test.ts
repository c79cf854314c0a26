import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { devicesDirectory } from "../../src/drivers/definitions.ts";
import { createCentral, createStation } from "../../src/index.ts";

/** A station model of the user's own: one file in devices/stations of the data directory. */

const CARD = "04A2241BC85E80";
const shipped = readFileSync(join(devicesDirectory, "stations", "public-post.yaml"), "utf8");
const mine = shipped.replace("id: public-post", "id: mine").replace("battery: true", "quirks: [statusTwice]");

describe("a model of one's own", () => {
  let data: string;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), "tapstation-model-"));
    mkdirSync(join(data, "devices", "stations"), { recursive: true });
  });
  afterEach(() => rmSync(data, { recursive: true, force: true }));
  const write = (text: string) => writeFileSync(join(data, "devices", "stations", "mine.yaml"), text);

  it("is used as the package's are", async () => {
    write(mine);
    const central = await createCentral();
    const station = await createStation({ csms: central.url, model: "mine", data, retapMs: 0 });
    try {
      await station.online();
      await station.plug(2);
      await station.tap(CARD);
      await station.waitFor({ kind: "transaction", event: "delivered", seqNo: 0 });
      const told = station
        .facts()
        .flatMap((f) => (f.kind === "frame" && f.action === "StatusNotification" ? [f.payload] : []))
        .filter((p) => (p as { connectorId?: number }).connectorId === 2)
        .map((p) => (p as { status: string }).status);
      expect(told.slice(0, 4)).toEqual(["Available", "Available", "Preparing", "Preparing"]);
      expect(station.status().evses[1]).toMatchObject({ chargePointStatus: "Charging", lock: "locked" });
    } finally {
      await station.stop();
      await central.close();
    }
  });

  it.each([
    [
      "a quirk that there is not",
      mine.replace("statusTwice", "statusTwise"),
      /mine\.yaml:17:10/,
      "statusTwice",
    ],
    ["a key that there is not", `${mine}keys:\n  lacks: [BlinkRepaet]\n`, /no BlinkRepaet/, "BlinkRepeat"],
  ])("with %s is refused, with what was meant", async (_what, text, message, meant) => {
    write(text);
    const start = createStation({ csms: "ws://127.0.0.1:1", model: "mine", data });
    await expect(start).rejects.toMatchObject({
      code: "definition.invalid",
      message: expect.stringMatching(message),
      hint: expect.stringContaining(meant),
    });
  });
});
