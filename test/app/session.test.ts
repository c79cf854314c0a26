import { afterEach, describe, expect, it } from "vitest";
import {
  type Central,
  createCentral,
  createStation,
  type Fact,
  type LibraryStation,
} from "../../src/index.ts";

/** Whole stations against the whole central system over real sockets, both versions. */

const KNOWN = "04A2241BC85E80";
const NEW = "04B3352CD96F91";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function pair(ocpp: "1.6" | "2.0.1", settings: Record<string, string> = {}) {
  const central = await createCentral();
  open.push(() => central.close());
  const station = await createStation({ csms: central.url, id: "CP001", ocpp, settings, retapMs: 0 });
  open.push(() => station.stop());
  await station.online();
  return { central, station };
}

const frames = (station: LibraryStation) =>
  station
    .facts()
    .flatMap((f) => (f.kind === "frame" && f.messageType === "CALL" ? [`${f.direction} ${f.action}`] : []));
const problems = (station: LibraryStation) =>
  station.facts().filter((f) => f.kind === "frame" && f.problem !== undefined);
const idOf = (f: Fact) => (f.kind === "transaction" ? f.transactionId : "");
const seqOf = (f: Fact) => (f.kind === "transaction" ? f.seqNo : -1);
const access = (central: Central) => central.book;

describe.each(["1.6", "2.0.1"] as const)("OCPP %s, station and central system", (ocpp) => {
  it("walks the whitelisting procedure: unknown, rejected, whitelisted, accepted, charged, stopped", async () => {
    const { central, station } = await pair(ocpp);
    const first = await station.tap(NEW);
    expect(first).toMatchObject({
      outcome: "rejected",
      by: "csms",
      status: ocpp === "1.6" ? "Invalid" : "Unknown",
    });
    const signals = station.facts().flatMap((f) => (f.kind === "signal" ? [f.signal] : []));
    expect(signals.slice(-2)).toEqual(["read", "rejected"]);

    expect(
      access(central)
        .unknownTokens()
        .map((t) => t.idToken),
    ).toEqual([NEW]);
    const [user] = central.book.users();
    central.book.addCard({ hiddenId: NEW, user: user?.email ?? "", nickname: "Blue card" });

    expect((await station.tap(NEW))?.outcome).toBe("accepted");
    await station.plug();
    await station.waitFor({ kind: "transaction", event: "started" });
    await station.meter(1, 5000);
    expect(await station.tap(NEW)).toMatchObject({ outcome: "accepted", by: "transaction" });
    const ended = await station.waitFor({ kind: "transaction", event: "ended" });
    expect(ended).toMatchObject({ reason: "Local" });
    expect(ended.kind === "transaction" && ended.energyWh).toBeGreaterThanOrEqual(5000);
    await station.waitFor({
      kind: "transaction",
      event: "delivered",
      transactionId: idOf(ended),
      seqNo: seqOf(ended),
    });
    await station.unplug();
    await station.waitFor({ kind: "connector", status: "Available" });
    expect(problems(station)).toEqual([]);
    expect(central.book.transactions()).toMatchObject([{ station: "CP001", idToken: NEW }]);
  });

  it("sends nothing but BootNotification first", async () => {
    const { station } = await pair(ocpp);
    expect(frames(station)[0]).toBe("out BootNotification");
  });

  it("a reconnect does not boot again; a queued transaction arrives in order", async () => {
    const { central, station } = await pair(ocpp, { "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true" });
    await station.network("down");
    await station.waitFor({ kind: "link", state: "disconnected" });
    await station.plug();
    expect(await station.tap(KNOWN)).toMatchObject({ outcome: "accepted", by: "settings" });
    await station.unplug();
    await station.waitFor({ kind: "transaction", event: "ended" });
    await station.network("up");
    await station.waitFor({ kind: "transaction", event: "delivered", seqNo: 1 }, { timeoutMs: 15_000 });
    expect(frames(station).filter((f) => f === "out BootNotification")).toHaveLength(1);
    expect(central.book.transactions()).toHaveLength(1);
  });

  it("obeys the central system: remote start and stop, reset", async () => {
    const { central, station } = await pair(ocpp);
    await station.plug();
    const start =
      ocpp === "1.6"
        ? central.send("CP001", "RemoteStartTransaction", { idTag: KNOWN, connectorId: 1 })
        : central.send("CP001", "RequestStartTransaction", {
            idToken: { idToken: KNOWN, type: "ISO14443" },
            remoteStartId: 5,
            evseId: 1,
          });
    expect(await start).toMatchObject({ kind: "result", payload: { status: "Accepted" } });
    await station.waitFor({ kind: "transaction", event: "started", trigger: "RemoteStart" });
    await station.waitFor({ kind: "transaction", event: "delivered", seqNo: 0 });
    const transactionId =
      ocpp === "1.6"
        ? central.book.transactions()[0]?.id
        : station.status().evses[0]?.transaction?.transactionId;
    const stopped = await central.send(
      "CP001",
      ocpp === "1.6" ? "RemoteStopTransaction" : "RequestStopTransaction",
      { transactionId },
    );
    expect(stopped).toMatchObject({ kind: "result", payload: { status: "Accepted" } });
    await station.waitFor({ kind: "transaction", event: "ended", reason: "Remote" });
    await central.send("CP001", "Reset", { type: ocpp === "1.6" ? "Soft" : "Immediate" });
    await station.waitFor({ kind: "power", event: "reset" });
    await station.waitFor({ kind: "registration", status: "Accepted" }, { timeoutMs: 10_000 });
    expect(problems(station)).toEqual([]);
  });

  it("keeps a local list that the central system sends, and starts by it without Authorize", async () => {
    const { central, station } = await pair(ocpp, { "AuthCtrlr.LocalPreAuthorize": "true" });
    const payload =
      ocpp === "1.6"
        ? {
            listVersion: 3,
            updateType: "Full",
            localAuthorizationList: [{ idTag: NEW.toLowerCase(), idTagInfo: { status: "Accepted" } }],
          }
        : {
            versionNumber: 3,
            updateType: "Full",
            localAuthorizationList: [
              {
                idToken: { idToken: NEW.toLowerCase(), type: "ISO14443" },
                idTokenInfo: { status: "Accepted" },
              },
            ],
          };
    expect(await central.send("CP001", "SendLocalList", payload)).toMatchObject({
      payload: { status: "Accepted" },
    });
    expect(await station.tap(NEW)).toMatchObject({ outcome: "accepted", by: "list" });
    expect(frames(station)).not.toContain("out Authorize");
  });
});

describe("what is refused", () => {
  it("says what was offered and answered when no subprotocol fits", async () => {
    const central = await createCentral({ versions: ["2.0.1"] });
    open.push(() => central.close());
    const station = await createStation({ csms: central.url, ocpp: "1.6" });
    open.push(() => station.stop());
    const fact = await station.waitFor({ kind: "link", state: "refused" });
    expect(JSON.stringify(fact)).toContain("ocpp1.6");
  });

  it("takes no answer for no: a dropped Authorize rejects", async () => {
    const { central, station } = await pair("1.6", { "OCPPCommCtrlr.MessageTimeout[Default]": "1" });
    central.setAnswer("Authorize", { drop: "request" });
    expect(await station.tap(KNOWN)).toMatchObject({ outcome: "rejected" });
  });

  it.each([
    ["callError", { error: { code: "InternalError" } }],
    ["nonsense", { answer: { idTagInfo: { status: "Perhaps" } } }],
  ] as const)("%s for an answer rejects", async (_name, behaviour) => {
    const { central, station } = await pair("1.6");
    central.setAnswer("Authorize", behaviour);
    expect(await station.tap(KNOWN)).toMatchObject({ outcome: "rejected", status: "Invalid" });
  });
});
