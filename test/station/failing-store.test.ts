import { describe, expect, it } from "vitest";
import type { Evse } from "../../src/station/evse.ts";
import type { Store } from "../../src/station/ports.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { AppError } from "../../src/util/errors.ts";
import { authority } from "../support/certificates.ts";
import { type Bench, bench, CARD, OTHER, running } from "../support/station.ts";

/** A store whose disk can be taken away and given back. */
function frail() {
  const inner = memoryStore();
  const disk = { full: false, unreadable: false };
  let hear: (error: AppError) => void = () => {};
  const unless =
    (broken: () => boolean, code: "store.writeFailed" | "store.unreadable") =>
    <A extends unknown[], R>(work: (...args: A) => R) =>
    (...args: A): R => {
      if (!broken()) return work(...args);
      const error = new AppError(code, "station.db: the disk is full", { hint: "Make room." });
      hear(error);
      throw error;
    };
  const writes = unless(() => disk.full, "store.writeFailed");
  const reads = unless(() => disk.unreadable, "store.unreadable");
  const { list, cache, queue, values } = inner;
  const store: Store = {
    list: {
      version: reads(() => list.version()),
      size: reads(() => list.size()),
      get: reads((key) => list.get(key)),
      entries: reads(() => list.entries()),
      update: writes((u) => list.update(u)),
    },
    cache: {
      size: reads(() => cache.size()),
      get: reads((key) => cache.get(key)),
      entries: reads(() => cache.entries()),
      evictable: reads((now) => cache.evictable(now)),
      put: writes((entry) => cache.put(entry)),
      delete: writes((keys) => cache.delete(keys)),
      clear: writes(() => cache.clear()),
    },
    queue: {
      append: writes((event) => queue.append(event)),
      head: reads(() => queue.head()),
      size: reads(() => queue.size()),
      has: reads((id) => queue.has(id)),
      attempted: writes((id) => queue.attempted(id)),
      delete: writes((id) => queue.delete(id)),
    },
    values: {
      get: reads((name) => values.get(name)),
      names: reads((prefix) => values.names(prefix)),
      set: writes((name, value) => values.set(name, value)),
      delete: writes((name) => values.delete(name)),
    },
    atomically: (work) => inner.atomically(work),
    onFailure: (listener) => {
      hear = listener;
    },
    close: () => {},
  };
  return { store, inner, disk };
}

const evse = (b: Bench) => b.station.evses[0] as Evse;
const faults = (b: Bench) => b.of("fault").map((f) => `${f.what} ${f.state}`);
const sent = (b: Bench) => b.csms.of("transaction").map((e) => e.eventType);

describe("a store that takes no more", () => {
  it("keeps a transaction from starting, says why, once, and is tried again by the next card", async () => {
    const { store, disk } = frail();
    const b = await running({ store });
    b.station.plug(evse(b));
    disk.full = true;
    expect(await b.tap()).toBe("accepted by csms: Accepted");
    expect([evse(b).transaction, evse(b).holder, evse(b).meter.powerW(), sent(b)]).toEqual([
      undefined,
      undefined,
      0,
      [],
    ]);
    expect(await b.tap(OTHER)).toBe("rejected by station: Invalid");
    expect(b.of("verdict").at(-1)?.why).toContain("cannot store a transaction");
    expect(faults(b)).toEqual(["store raised"]);
    expect(b.of("fault")[0]).toMatchObject({ detail: "station.db: the disk is full", hint: "Make room." });
    const reported = b.csms.of("status").filter((s) => s.errorCode === "InternalError");
    expect(reported).toMatchObject([{ evseId: 0, info: "station.db: the disk is full" }]);

    disk.full = false;
    expect(await b.tap()).toBe("accepted by csms: Accepted");
    expect(faults(b)).toEqual(["store raised", "store cleared"]);
    expect(sent(b)).toEqual(["Started"]);
  });

  it("refuses the start of an accepted card whose transaction cannot be stored any more", async () => {
    const { store, disk } = frail();
    const b = await running({ store });
    await b.tap();
    disk.full = true;
    b.station.plug(evse(b));
    expect(b.of("authorization").at(-1)).toMatchObject({
      event: "cancelled",
      why: expect.stringContaining("disk is full"),
    });
    expect(b.of("signal").at(-1)?.signal).toBe("fault");
    expect([evse(b).transaction, evse(b).chargePointStatus, sent(b)]).toEqual([undefined, "Preparing", []]);
  });

  it("lets a running transaction end; its messages wait in order, and leave once they are stored", async () => {
    const { store, disk } = frail();
    const b = await running({ store });
    b.station.plug(evse(b));
    await b.tap();
    disk.full = true;
    await b.clock.advance(61_000);
    await b.tap();
    expect(evse(b).transaction).toBeUndefined();
    expect(sent(b)).toEqual(["Started"]);
    expect(b.of("transaction").map((t) => t.event)).toEqual(["started", "delivered"]);
    disk.full = false;
    await b.clock.advance(6000);
    expect(b.csms.of("transaction").map((e) => [e.eventType, e.seqNo])).toEqual([
      ["Started", 0],
      ["Updated", 1],
      ["Ended", 2],
    ]);
    expect(b.csms.of("transaction")[2]).toMatchObject({ stoppedReason: "Local" });
    expect(faults(b)).toEqual(["store raised", "store cleared"]);
    expect(b.store.queue.size()).toBe(0);
  });

  it("does not make it send again what was answered", async () => {
    const { store, disk } = frail();
    const b = await running({ store });
    b.csms.script.transaction = () => {
      disk.full = true;
      return { ok: true, value: {} };
    };
    b.station.plug(evse(b));
    await b.tap();
    b.csms.disconnect();
    b.csms.connect();
    await b.clock.advance(120_000);
    expect(sent(b)).toEqual(["Started"]);
    b.csms.script = {};
    disk.full = false;
    await b.clock.advance(6000);
    expect(sent(b).slice(0, 2)).toEqual(["Started", "Updated"]);
    expect(b.of("transaction").filter((t) => t.event === "delivered" && t.seqNo === 0)).toHaveLength(1);
  });

  it("ends the transaction at the next start when the power goes meanwhile", async () => {
    const { store, disk } = frail();
    const b = await running({ store });
    b.station.plug(evse(b));
    await b.tap();
    disk.full = true;
    await b.tap();
    b.station.cutPower();
    disk.full = false;
    b.station.start();
    await b.clock.advance(1);
    expect(b.csms.of("transaction").at(-1)).toMatchObject({
      eventType: "Ended",
      stoppedReason: "PowerLoss",
      seqNo: 1,
    });
  });

  it("starts nothing over a transaction that could not be ended at the start", async () => {
    const { store, disk } = frail();
    const b = await running({ store });
    b.station.plug(evse(b));
    await b.tap();
    b.station.cutPower();
    disk.full = true;
    b.station.start();
    await b.clock.advance(1);
    disk.full = false;
    await b.tap();
    expect(sent(b)).toEqual(["Started", "Ended", "Started"]);
  });

  it("makes commands say no instead of pretending", async () => {
    const { store, disk } = frail();
    const b = await running({ store });
    const { commands } = b.csms;
    disk.full = true;
    expect(commands.setSetting("MeterValueSampleInterval", "5")).toEqual({ status: "Rejected" });
    expect(commands.getSetting("MeterValueSampleInterval")?.value).toBe("60");
    expect(commands.changeAvailability({ operative: false })).toEqual({ status: "Rejected" });
    expect(evse(b).operative).toBe(true);
    expect(commands.clearCache()).toEqual({ status: "Rejected" });
    expect(commands.updateList({ version: 1, type: "Full", entries: [] })).toEqual({ status: "Failed" });
    const idToken = { idToken: CARD, type: "ISO14443" } as const;
    expect(commands.remoteStart({ idToken, remoteStartId: 1 })).toEqual({ status: "Rejected" });
    expect(faults(b)).toEqual(["store raised"]);
  });

  it("does not make an old yes out of a no that could not be noted", async () => {
    const { store, disk } = frail();
    const b = await running({ store });
    expect(await b.tap()).toBe("accepted by csms: Accepted");
    b.csms.script.transaction = ({ eventType }) => {
      disk.full = eventType === "Started";
      return { ok: true, value: { idTokenInfo: { status: "Blocked" } } };
    };
    b.station.plug(evse(b));
    await b.clock.advance(1000);
    b.station.unplug(evse(b));
    disk.full = false;
    b.csms.disconnect();
    await b.clock.advance(6000);
    expect(await b.tap()).toMatch(/^rejected/);
  });

  it("that cannot be read authorizes nobody offline", async () => {
    const { store, disk } = frail();
    const b = await running({ store, settings: { "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true" } });
    await b.tap();
    b.csms.disconnect();
    disk.unreadable = true;
    expect(await b.tap(OTHER)).toMatch(/^rejected by station/);
    expect(await b.tap(OTHER)).toMatch(/^rejected by station/);
    expect(b.of("verdict").at(-1)?.why).toContain("cannot store a transaction");
    expect(b.station.view().queued).toBe(0);
    expect(faults(b)).toEqual(["store raised"]);
  });
});

describe("security on a store that fails", () => {
  const KEY = "00112233445566778899aabbccddeeff";

  it("changes nothing that it cannot keep, and says so", async () => {
    const { store, disk } = frail();
    const b = await running({ store });
    const { commands } = b.csms;
    const { certificate } = await authority("Root", { notAfter: new Date("2040-01-01") });
    const install = () => commands.installCertificate({ use: "CSMSRootCertificate", certificate });
    for (const broken of ["full", "unreadable"] as const) {
      disk[broken] = true;
      expect(await install(), broken).toEqual({ status: "Failed" });
      expect(commands.setSetting("AuthorizationKey", KEY), broken).toEqual({ status: "Rejected" });
      expect(await commands.certificateSigned({ chain: certificate }), broken).toEqual({
        status: "Rejected",
      });
      disk[broken] = false;
    }
    expect(await install()).toEqual({ status: "Accepted" });
    const [{ hash } = { hash: undefined }] = commands.installedCertificates(["CSMSRootCertificate"]);
    if (hash === undefined) throw new Error("nothing is installed");
    disk.full = true;
    expect(commands.deleteCertificate(hash)).toEqual({ status: "Failed" });
    disk.full = false;
    expect(commands.deleteCertificate(hash)).toEqual({ status: "Accepted" });
  });

  it("keeps its credentials in mind: what cannot be read is not none", async () => {
    const { store, disk } = frail();
    const b = bench({ store });
    b.station.kit.security.give({ profile: { value: 2, explicit: true }, password: KEY });
    disk.unreadable = true;
    expect(b.station.kit.security.connection()).toMatchObject({ profile: 2, password: KEY });
  });

  it("security events wait in memory and are told once they are stored", async () => {
    const { store, disk } = frail();
    const b = await running({ store });
    disk.full = true;
    b.station.kit.security.tell("InvalidCsmsCertificate", "expired");
    await b.clock.advance(1);
    expect(b.csms.of("securityEvent")).toEqual([]);
    disk.full = false;
    await b.clock.advance(10_000);
    expect(b.csms.of("securityEvent")).toMatchObject([{ type: "InvalidCsmsCertificate" }]);
  });
});
