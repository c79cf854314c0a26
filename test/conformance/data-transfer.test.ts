import { describe, expect } from "vitest";
import { isAppError } from "../../src/util/errors.ts";
import { rule, testCase } from "./row.ts";

/** DataTransfer both ways; the public post knows two vendors. */

const POST = { model: "public-post" };
const vendorId = "com.example.post";

describe("DataTransfer to the station (1.6 §5.6, 2.0.1 P01)", () => {
  testCase("TC_062_CS", {}, async ({ central }) => {
    const answer = await central.send("DataTransfer", { vendorId: "nobody", data: "x" });
    expect(answer).toEqual({ status: "UnknownVendorId" });
  });

  rule("§5.6", "known messages have their answers, others are unknown", POST, async (rig) => {
    const ask = (more: object) => rig.central.send("DataTransfer", { vendorId, ...more });
    expect(await ask({ messageId: "Ping", data: "a,b" })).toEqual({ status: "Accepted", data: "a,b" });
    expect(await ask({ messageId: "ping" })).toEqual({ status: "Accepted" });
    expect(await ask({ messageId: "GetWiring" })).toEqual({ status: "Accepted", data: "0.RST,1.RST,2.STR" });
    expect(await ask({ messageId: "GetSite" })).toMatchObject({ data: '{"site":"kerb","sockets":2}' });
    expect(await ask({ messageId: "OpenDoor" })).toEqual({ status: "Rejected" });
    expect(await ask({ messageId: "Jump" })).toEqual({ status: "UnknownMessageId" });
    expect(await ask({})).toEqual({ status: "UnknownMessageId" });
    expect(rig.of("dataTransfer")[0]).toMatchObject({ direction: "in", messageId: "Ping", data: "a,b" });
  });

  rule("§5.6", "a vendor without messages of its own answers all of them", POST, async ({ central }) => {
    for (const more of [{}, { messageId: "Whatever" }]) {
      const answer = await central.send("DataTransfer", { vendorId: "COM.EXAMPLE.PROBE", ...more });
      expect(answer).toEqual({ status: "Accepted", data: "pong" });
    }
  });

  rule(
    "P01",
    "2.0.1 answers with what came, whatever it is",
    { ...POST, ocpp: "2.0.1" },
    async ({ central }) => {
      const data = { deep: [1, { x: true }] };
      const answer = await central.send("DataTransfer", { vendorId, messageId: "Ping", data });
      expect(answer).toEqual({ status: "Accepted", data });
    },
  );
});

describe("DataTransfer from the station (1.6 §4.3, 2.0.1 P02)", () => {
  rule("§4.3", "a person sends it, and hears the answer", {}, async (rig) => {
    const { central, station } = rig;
    central.answer("DataTransfer", { status: "Accepted", data: "pong" });
    expect(await station.transfer("com.example", "Ping", "hello")).toEqual({
      status: "Accepted",
      data: "pong",
    });
    await central.expect("DataTransfer", { vendorId: "com.example", messageId: "Ping", data: "hello" });
    central.answer("DataTransfer", { status: "UnknownVendorId" });
    expect(await station.transfer("com.example")).toEqual({ status: "UnknownVendorId" });
    expect(await central.expect("DataTransfer")).toEqual({ vendorId: "com.example" });
    expect(rig.of("dataTransfer").map((f) => f.status)).toEqual(["Accepted", "UnknownVendorId"]);
  });

  rule("§4.3", "structured data is text in 1.6", {}, async ({ central, station }) => {
    await station.transfer("com.example", "Report", { a: [1] });
    await central.expect("DataTransfer", { data: '{"a":[1]}' });
  });

  rule("§4.2", "nothing is sent while offline, nor what does not fit", {}, async ({ central, station }) => {
    const codeOf = (e: unknown) => (isAppError(e) ? e.code : e);
    expect(await station.transfer("x".repeat(256)).catch(codeOf)).toBe("input.invalid");
    await station.offline();
    expect(await station.transfer("com.example").catch(codeOf)).toBe("state.conflict");
    await central.nothing("DataTransfer");
  });
});
