import { describe, expect, it } from "vitest";
import { OcppCsms } from "../../src/ocpp/csms.ts";
import { loadDialects } from "../../src/ocpp/versions.ts";
import { SimulatedClock } from "../../src/util/clock.ts";
import { isAppError } from "../../src/util/errors.ts";
import { connected, csmsOptions, type Setup } from "./connected.ts";
import { at, meter, obligingStation, started } from "./support.ts";

const identity = { vendorName: "House", model: "M1" };
const boot = { reason: "PowerUp", identity } as const;
const token = { idToken: { idToken: "04A2", type: "ISO14443" } } as const;

describe("OcppCsms: the domain's requests", () => {
  it("says and hears them in the dialect of the connection, and tells every frame", async () => {
    const { central, csms, facts, up } = await connected();
    expect(up).toEqual({ kind: "up", url: central.url, subprotocol: "ocpp1.6" });
    let sent = 0;
    const answer = csms.request("boot", boot, () => sent++);
    const call = await central.frames.next("the boot");
    expect(call).toEqual([
      2,
      "id-1",
      "BootNotification",
      { chargePointVendor: "House", chargePointModel: "M1" },
    ]);
    expect(sent).toBe(1);
    central.send([3, "id-1", { status: "Accepted", interval: 300, currentTime: at }]);
    expect(await answer).toEqual({ ok: true, value: { status: "Accepted", interval: 300, currentTime: at } });

    expect(facts.filter((f) => f.kind === "frame")).toMatchObject([
      { direction: "out", messageType: "CALL", messageId: "id-1", action: "BootNotification" },
      { direction: "in", messageType: "CALLRESULT", messageId: "id-1", action: "BootNotification" },
    ]);
    expect(facts.filter((f) => f.kind === "link").map((f) => f.state)).toContain("connected");
  });

  it("speaks what the central system chose, whatever it liked best itself", async () => {
    let offered: readonly string[] = [];
    const choose = (o: readonly string[]) => {
      offered = o;
      return "ocpp2.0.1";
    };
    const { central, csms, up } = await connected({ versions: ["1.6", "2.0.1"], choose });
    expect(offered).toEqual(["ocpp1.6", "ocpp2.0.1"]);
    expect(up).toMatchObject({ subprotocol: "ocpp2.0.1" });
    expect(csms.dialect?.version).toBe("2.0.1");
    void csms.request("boot", boot);
    const call = await central.frames.next("the boot");
    expect(call[3]).toEqual({ reason: "PowerUp", chargingStation: { vendorName: "House", model: "M1" } });
  });

  it("changes the dialect when the central system chooses another at the next connection", async () => {
    let choice = "ocpp2.0.1";
    const { central, csms, links } = await connected({ versions: ["2.0.1", "1.6"], choose: () => choice });
    choice = "ocpp1.6";
    central.breakOff();
    expect(await links.next("the break")).toMatchObject({ kind: "down" });
    expect(await links.next("the return")).toMatchObject({ kind: "up", subprotocol: "ocpp1.6" });
    void csms.request("authorize", token);
    expect((await central.frames.next("the authorize"))[3]).toEqual({ idTag: "04A2" });
  });

  it("keeps the central system's transaction id with the station's values", async () => {
    const { central, csms, values } = await connected();
    const answer = csms.request("transaction", started);
    const [, id] = await central.frames.next("the start");
    central.send([3, id, { transactionId: 12, idTagInfo: { status: "Accepted" } }]);
    const heard = await answer;
    expect(heard).toMatchObject({ ok: true, value: { idTokenInfo: { status: "Accepted" } } });
    expect(values.get("v16.tx.tx-1")).toBeUndefined();
    if (heard.ok) heard.keep?.();
    expect(values.get("v16.tx.tx-1")).toBe(12);
    csms.forget("tx-1");
    expect(values.get("v16.tx.tx-1")).toBeUndefined();
  });

  it("sends nothing for what the dialect does not say", async () => {
    const { central, csms } = await connected();
    expect(await csms.request("transaction", { ...started, eventType: "Updated" })).toEqual({
      ok: true,
      value: {},
    });
    void csms.request("heartbeat", {});
    expect((await central.frames.next("the heartbeat"))[2]).toBe("Heartbeat");
  });

  it("needs a version to speak", () => {
    let thrown: unknown;
    try {
      new OcppCsms(csmsOptions("ws://127.0.0.1:1/CP001", []));
    } catch (e) {
      thrown = e;
    }
    expect(isAppError(thrown, "config.invalid")).toBe(true);
  });
});

describe("OcppCsms: why there is no answer", () => {
  it("callError", async () => {
    const { central, csms } = await connected();
    const answer = csms.request("authorize", token);
    const [, id] = await central.frames.next("the authorize");
    central.send([4, id, "GenericError", "no idea", {}]);
    expect(await answer).toEqual({ ok: false, failure: "callError", detail: "GenericError: no idea" });
  });

  it.each([{}, { idTagInfo: { status: "Maybe" } }, { idTagInfo: null }])("badAnswer: %j", async (payload) => {
    const { central, csms } = await connected();
    const answer = csms.request("authorize", token);
    const [, id] = await central.frames.next("the authorize");
    central.send([3, id, payload]);
    expect(await answer).toMatchObject({ ok: false, failure: "badAnswer" });
  });

  it("timeout: no answer", async () => {
    const clock = new SimulatedClock();
    const { central, csms } = await connected({ options: { clock, messageTimeoutMs: () => 5000 } });
    const answer = csms.request("authorize", token);
    await central.frames.next("the authorize");
    await clock.advance(5000);
    expect(await answer).toMatchObject({ ok: false, failure: "timeout" });
  });

  it("timeout: the connection broke after it was sent; offline for what still waited", async () => {
    const { central, csms } = await connected();
    const answers = [csms.request("authorize", token), csms.request("heartbeat", {})];
    await central.frames.next("the authorize");
    central.breakOff();
    expect(await Promise.all(answers)).toMatchObject([{ failure: "timeout" }, { failure: "offline" }]);
  });

  it("offline: before the first connection, and without the network", async () => {
    const { csms, links } = await connected();
    csms.setNetwork(false);
    expect(await links.next("the break")).toMatchObject({ kind: "down" });
    expect(csms.connected).toBe(false);
    expect(await csms.request("heartbeat", {})).toMatchObject({ ok: false, failure: "offline" });
    csms.setNetwork(true);
    expect(await links.next("the return")).toMatchObject({ kind: "up" });

    const never = new OcppCsms(csmsOptions("ws://127.0.0.1:1/CP001", await loadDialects(["1.6"])));
    expect(await never.request("heartbeat", {})).toMatchObject({ ok: false, failure: "offline" });
    expect(never.sendRaw("x")).toBe(false);
    await never.close();
  });

  it("unsupported: 1.6 has no report, and no idTag of 21 characters", async () => {
    const { csms, central } = await connected();
    const report = { requestId: 1, seqNo: 0, tbc: false, generatedAt: at, variables: [] };
    expect(await csms.request("report", report)).toMatchObject({ ok: false, failure: "unsupported" });
    const long = { idToken: { idToken: "A".repeat(21), type: "ISO14443" } } as const;
    expect(await csms.request("authorize", long)).toMatchObject({ ok: false, failure: "unsupported" });
    expect(central.frames.size).toBe(0);
  });
});

describe("OcppCsms: what the central system asks", () => {
  const asks = async (setup: Setup, call: unknown) => {
    const { central } = await connected(setup);
    central.send(call);
    return central.frames.next("the answer");
  };

  it("is answered by the domain", async () => {
    const { commands, asked } = obligingStation();
    expect(await asks({ commands }, [2, "c1", "Reset", { type: "Hard" }])).toEqual([
      3,
      "c1",
      { status: "Accepted" },
    ]);
    expect(asked).toEqual([["reset", { type: "Hard" }]]);
  });

  it.each([
    ["NotSupported", "Heartbeat", {}],
    ["NotImplemented", "MakeCoffee", {}],
    ["NotImplemented", "constructor", {}],
    ["NotImplemented", "__proto__", {}],
  ])("is %s for %s", async (code, action, payload) => {
    expect((await asks({}, [2, "c1", action, payload])).slice(0, 3)).toEqual([4, "c1", code]);
  });

  it("is refused when it does not fit the schema, and the domain does not hear of it", async () => {
    const { commands, asked } = obligingStation();
    expect((await asks({ commands }, [2, "c1", "Reset", { type: "Maybe" }])).slice(0, 2)).toEqual([4, "c1"]);
    expect(asked).toEqual([]);
  });

  it("is refused with a CALLERROR where the specification wants one", async () => {
    const settings = { "DeviceDataCtrlr.ItemsPerMessage[GetVariables]": { value: "1", readOnly: true } };
    const { commands } = obligingStation({}, settings);
    const variable = { component: { name: "A" }, variable: { name: "B" } };
    const call = [2, "c1", "GetVariables", { getVariableData: [variable, variable] }];
    const answer = await asks({ versions: ["2.0.1"], commands }, call);
    expect(answer.slice(0, 3)).toEqual([4, "c1", "OccurrenceConstraintViolation"]);
  });

  it("is an InternalError when the domain fails, and the station lives on", async () => {
    const { commands } = obligingStation({
      clearCache: () => {
        throw new Error("broken");
      },
    });
    const { central, csms } = await connected({ commands });
    central.send([2, "c1", "ClearCache", {}]);
    expect((await central.frames.next("the answer")).slice(0, 3)).toEqual([4, "c1", "InternalError"]);
    void csms.request("heartbeat", {});
    expect((await central.frames.next("the heartbeat"))[2]).toBe("Heartbeat");
  });

  it.each([
    ["1.6", undefined],
    ["2.0.1", "SecurityError"],
  ] as const)(
    "of a central system that rejected the station is refused: %s (1.6 §4.2, B03.FR.08)",
    async (version, code) => {
      const { commands, asked } = obligingStation();
      const { central, csms } = await connected({ commands, versions: [version], isRejected: true });
      central.send([2, "c1", "ClearCache", {}]);
      if (code !== undefined)
        expect((await central.frames.next("the answer")).slice(0, 3)).toEqual([4, "c1", code]);
      void csms.request("heartbeat", {});
      expect((await central.frames.next("the heartbeat"))[2]).toBe("Heartbeat");
      expect(asked).toEqual([]);
    },
  );

  it("is answered before anything that it makes the station send (1.6 §5.17)", async () => {
    let csms: OcppCsms | undefined;
    const { commands } = obligingStation({
      trigger: () => {
        void csms?.request("heartbeat", {});
        void Promise.resolve().then(() => csms?.request("meterValues", { evseId: 1, meterValue: [meter] }));
        return { status: "Accepted" };
      },
    });
    const setup = await connected({ commands });
    csms = setup.csms;
    setup.central.send([2, "c1", "TriggerMessage", { requestedMessage: "Heartbeat" }]);
    expect(await setup.central.frames.next("the answer")).toEqual([3, "c1", { status: "Accepted" }]);
    expect((await setup.central.frames.next("the heartbeat"))[2]).toBe("Heartbeat");
  });

  it("is answered before the station closes the connection because of it", async () => {
    let csms: OcppCsms | undefined;
    const { commands } = obligingStation({
      reset: () => {
        void csms?.close();
        return { status: "Accepted" };
      },
    });
    const setup = await connected({ commands });
    csms = setup.csms;
    setup.central.send([2, "c1", "Reset", { type: "Hard" }]);
    expect(await setup.central.frames.next("the answer")).toEqual([3, "c1", { status: "Accepted" }]);
  });
});

describe("OcppCsms: by hand", () => {
  it("sends any text, and marks it as injected", async () => {
    const { central, csms, facts } = await connected();
    expect(csms.sendRaw('[2,"raw-1","Heartbeat",{}]')).toBe(true);
    expect(await central.frames.next("the injected frame")).toEqual([2, "raw-1", "Heartbeat", {}]);
    expect(facts.find((f) => f.kind === "frame")).toMatchObject({ injected: true, action: "Heartbeat" });
  });

  it("closes, fails what waits, says nothing more, and opens again", async () => {
    const { central, csms, links, listener } = await connected();
    const answer = csms.request("heartbeat", {});
    await central.frames.next("the heartbeat");
    await csms.close();
    expect(await answer).toMatchObject({ ok: false, failure: "timeout" });
    expect(links.size).toBe(0);
    csms.open(listener);
    expect(await links.next("the return")).toMatchObject({ kind: "up" });
    void csms.request("heartbeat", {});
    expect((await central.frames.next("the heartbeat"))[2]).toBe("Heartbeat");
  });

  it("opens again when asked to while it still closes, and stays closed when that was the last word", async () => {
    const { csms, links, listener } = await connected();
    const closed = csms.close();
    csms.open(listener);
    await closed;
    expect(await links.next("the return")).toMatchObject({ kind: "up" });
    void csms.close();
    csms.open(listener);
    await csms.close();
    expect(csms.connected).toBe(false);
    expect(links.size).toBe(0);
  });

  it("keeps the network down over closing and opening", async () => {
    const { csms, links, listener } = await connected();
    csms.setNetwork(false);
    await links.next("the break");
    await csms.close();
    csms.open(listener);
    csms.setNetwork(true);
    expect(await links.next("the return")).toMatchObject({ kind: "up" });
    expect(links.size).toBe(0);
  });

  it("never tells the password in the URL", async () => {
    const { central, facts, up } = await connected({ password: "geheim" });
    expect(up).toMatchObject({ url: central.url });
    expect(JSON.stringify(facts)).not.toContain("geheim");
  });

  it("masks secrets in what it tells, not in what it sends or hears", async () => {
    const { commands, asked } = obligingStation();
    const { central, facts } = await connected({ commands });
    central.send([2, "c1", "ChangeConfiguration", { key: "AuthorizationKey", value: "geheim" }]);
    await central.frames.next("the answer");
    expect(asked).toEqual([["setSetting", "AuthorizationKey", "geheim"]]);
    expect(facts.filter((f) => f.kind === "frame")).toMatchObject([
      { direction: "in", action: "ChangeConfiguration" },
      { direction: "out", messageId: "c1" },
    ]);
    expect(JSON.stringify(facts)).not.toContain("geheim");
  });

  it("works without anybody who wants facts", async () => {
    const { central, csms } = await connected({ deaf: true });
    void csms.request("heartbeat", {});
    expect((await central.frames.next("the heartbeat"))[2]).toBe("Heartbeat");
  });
});
