import { describe, expect, it } from "vitest";
import { VirtualReader } from "../../../src/drivers/readers/virtual.ts";
import { CardUid } from "../../../src/station/card.ts";
import { isAppError } from "../../../src/util/errors.ts";
import { readerContract } from "../../contracts/reader.ts";
import { ReaderLog } from "../../contracts/reader-log.ts";

readerContract("virtual", async () => {
  const reader = new VirtualReader();
  return {
    reader,
    present: (uid) => reader.present(uid),
    remove: () => reader.remove(),
    unplug: () => reader.unplug(),
    replug: () => reader.replug(),
  };
});

describe("the virtual reader", () => {
  const [one, other] = [CardUid.parse("04A2241BC85E80"), CardUid.parse("6B3D12D6")];

  it("holds one card at a time", () => {
    const reader = new VirtualReader();
    reader.present(one);
    expect(reader.held?.hex).toBe("04A2241BC85E80");
    expect(() => reader.present(other)).toThrow(expect.objectContaining({ code: "state.conflict" }));
    reader.remove();
    reader.present(other);
    expect(reader.held?.hex).toBe("6B3D12D6");
  });

  it("takes no card while it is unplugged", () => {
    const reader = new VirtualReader();
    reader.unplug();
    expect(() => reader.present(one)).toThrow(expect.objectContaining({ code: "state.conflict" }));
  });

  it("tells the technology and card type it is given, else by the UID's length", async () => {
    const reader = new VirtualReader();
    const log = new ReaderLog(reader);
    reader.present(one, { cardType: "MIFARE Classic 1K" });
    reader.remove();
    reader.present(CardUid.parse("E004010012345678"));
    reader.remove();
    reader.present(other, { technology: "unknown" });
    await reader.close();
    await log.end();
    expect(log.of("card")).toMatchObject([
      { technology: "ISO14443", cardType: "MIFARE Classic 1K" },
      { technology: "ISO15693" },
      { technology: "unknown" },
    ]);
  });

  it("delivers what was said before anybody listened and before it was closed", async () => {
    const reader = new VirtualReader();
    reader.present(one);
    await reader.close();
    const log = new ReaderLog(reader);
    await log.end();
    expect(log.lines).toEqual(["ready", "card 04A2241BC85E80"]);
  });

  it("ignores unplugging twice and removing nothing", async () => {
    const reader = new VirtualReader();
    reader.remove();
    reader.unplug();
    reader.unplug();
    reader.replug();
    reader.replug();
    await reader.close();
    const log = new ReaderLog(reader);
    await log.end();
    expect(log.lines).toEqual(["ready", "lost", "ready"]);
  });

  it("says conflicts as errors that callers can tell", () => {
    const reader = new VirtualReader();
    reader.present(one);
    try {
      reader.present(other);
    } catch (e) {
      expect(isAppError(e, "state.conflict")).toBe(true);
    }
  });
});
