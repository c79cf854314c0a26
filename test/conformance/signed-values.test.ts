import { createPublicKey, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ocmfPayload } from "../../src/station/ocmf.ts";
import { CARD, type Rig } from "./rig.ts";
import { rule } from "./row.ts";

/** OCMF (S.A.F.E., Open Charge Metering Format 1.0) as a central system checks it: with the public key that it read. */

const AC = { model: "signed-ac" };

interface Sample {
  readonly value: string;
  readonly context?: string;
  readonly format?: string;
}

/** Header, payload and signature of a data set; the payload is verified as the text that it is. */
function verified(text: string, publicKeyHex: string) {
  const [header, payload = "", signature = ""] = text.split("|");
  expect(header).toBe("OCMF");
  const { SA, SD } = JSON.parse(signature) as { SA: string; SD: string };
  expect(SA).toBe("ECDSA-secp256r1-SHA256");
  const key = createPublicKey({ key: Buffer.from(publicKeyHex, "hex"), format: "der", type: "spki" });
  expect(key.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
  const signed = (what: string) => verify("sha256", Buffer.from(what), key, Buffer.from(SD, "hex"));
  expect(signed(payload)).toBe(true);
  expect(signed(payload.replace('"TX"', '"TY"'))).toBe(false);
  return {
    payload,
    data: JSON.parse(payload) as Record<string, unknown> & { RD: Record<string, unknown>[] },
  };
}

async function publicKey({ central }: Rig, key = "MeterPublicKey1"): Promise<string> {
  const { configurationKey } = await central.send("GetConfiguration", { key: [key] });
  return (configurationKey as { value: string }[])[0]?.value ?? "";
}

async function session(rig: Rig): Promise<{ start: Record<string, unknown>; stop: Record<string, unknown> }> {
  const { central, station } = rig;
  await station.charge();
  await central.expect("Authorize");
  const start = await central.expect("StartTransaction");
  await rig.pass(600);
  await station.tap(CARD);
  central.skip();
  const stop = central.all("StopTransaction").at(-1)?.payload ?? {};
  return { start, stop };
}

const samples = (stop: Record<string, unknown>): Sample[] =>
  (stop.transactionData as { sampledValue: Sample[] }[]).flatMap((m) => m.sampledValue);
const signedOf = (stop: Record<string, unknown>) => samples(stop).filter((s) => s.format === "SignedData");

describe("signed meter values", () => {
  rule(
    "OCMF",
    "begin and end stand in transactionData beside the plain values, and verify",
    AC,
    async (rig) => {
      const key = await publicKey(rig);
      const { start, stop } = await session(rig);
      const signed = signedOf(stop);
      expect(signed.map((s) => s.context)).toEqual(["Transaction.Begin", "Transaction.End"]);
      const [begin, end] = signed.map((s) => verified(s.value, key).data);
      expect(begin).toMatchObject({
        FV: "1.0",
        GI: "tapstation Signed AC",
        GS: "SA-000001",
        PG: "T1",
        MS: "CP001-1",
        IS: true,
        IT: "ISO14443",
        ID: CARD,
        CT: "CBIDC",
        CI: "CP001 1",
        RD: [{ TX: "B", RI: "1-b:1.8.0", RU: "kWh", RT: "AC", EF: "", ST: "G" }],
      });
      expect(end).toMatchObject({ PG: "T2", RD: [{ TX: "L" }] });
      const kWh = (data: typeof begin) => Number(data?.RD[0]?.RV);
      expect(kWh(begin)).toBeCloseTo(Number(start.meterStart) / 1000, 2);
      expect(kWh(end)).toBeCloseTo(Number(stop.meterStop) / 1000, 2);
      const plain = samples(stop).filter((s) => s.format === undefined && s.context === "Transaction.End");
      expect(Number(plain[0]?.value) / 1000).toBeCloseTo(kWh(end), 3);
      expect(end?.RD[0]?.TM).toMatch(/^2030-01-01T\d\d:\d\d:\d\d,\d{3}\+0000 S$/);
    },
  );

  rule("OCMF", "the key is kept, the pages count on over a restart", AC, async (rig) => {
    const key = await publicKey(rig);
    await session(rig);
    await rig.station.unplug();
    await rig.station.power("cut");
    await rig.station.power("restore");
    rig.central.skip();
    expect(await publicKey(rig)).toBe(key);
    const { stop } = await session(rig);
    expect(signedOf(stop).map((s) => verified(s.value, key).data.PG)).toEqual(["T3", "T4"]);
    const answer = await rig.central.send("DataTransfer", {
      vendorId: "com.example.eichrecht",
      messageId: "GetPublicKey",
    });
    expect(answer).toEqual({ status: "Accepted", data: key });
    expect(JSON.stringify(rig.facts)).not.toContain("PRIVATE KEY");
  });

  rule("OCMF", "a power cut is told as such", AC, async (rig) => {
    const { central, station } = rig;
    const key = await publicKey(rig);
    await station.charge();
    await rig.pass(60);
    await station.power("cut");
    await station.power("restore");
    central.skip();
    const stop = central.all("StopTransaction").at(-1)?.payload ?? {};
    expect(signedOf(stop).map((s) => verified(s.value, key).data.RD[0]?.TX)).toEqual(["B", "P"]);
  });

  rule("OCMF", "a remote start and stop say so", AC, async (rig) => {
    const { central, station } = rig;
    const key = await publicKey(rig);
    await station.plug();
    await central.send("RemoteStartTransaction", { connectorId: 1, idTag: CARD }, { status: "Accepted" });
    await rig.pass(60);
    await central.send("RemoteStopTransaction", { transactionId: 1 }, { status: "Accepted" });
    central.skip();
    const [begin, end] = signedOf(central.all("StopTransaction")[0]?.payload ?? {});
    expect(verified(begin?.value ?? "", key).data.IF).toContain("OCPP_RS");
    expect(verified(end?.value ?? "", key).data.RD[0]?.TX).toBe("R");
  });

  rule("SampledDataSignReadings", "false: nothing is signed", AC, async (rig) => {
    const change = { key: "SampledDataSignReadings", value: "false" };
    await rig.central.send("ChangeConfiguration", change, { status: "Accepted" });
    const { stop } = await session(rig);
    expect(signedOf(stop)).toEqual([]);
    expect(samples(stop).length).toBeGreaterThan(0);
  });

  rule(
    "OCA envelope",
    "1.6 may carry it as JSON with the public key once",
    { model: "fast-dc-two-outlets" },
    async (rig) => {
      const key = await publicKey(rig, "MeterPublicKey2");
      const { stop } = await session(rig);
      const decode = (text: string) => Buffer.from(text, "base64").toString("utf8");
      const wrapped = signedOf(stop).map((s) => JSON.parse(s.value) as Record<string, string>);
      expect(wrapped.map((w) => w.encodingMethod)).toEqual(["OCMF", "OCMF"]);
      expect(wrapped.map((w) => decode(w.publicKey ?? ""))).toEqual([`oca:base16:asn1:${key}`, ""]);
      for (const w of wrapped)
        expect(verified(decode(w.signedMeterData ?? ""), key).data.RD[0]?.RT).toBe("DC");
      const change = (value: string) => ({ key: "PublicKeyWithSignedMeterValue", value });
      await rig.central.send("ChangeConfiguration", change("Sometimes"), { status: "Rejected" });
      await rig.central.send("ChangeConfiguration", change("Never"), { status: "Accepted" });
    },
  );

  rule(
    "2.0.1 SignedMeterValueType",
    "begin in Started, begin and end in Ended",
    { ...AC, ocpp: "2.0.1" },
    async (rig) => {
      const { central, station } = rig;
      await station.charge();
      await rig.pass(60);
      await station.tap(CARD);
      central.skip();
      type Event = { meterValue?: { sampledValue: { signedMeterValue?: { signedMeterData: string } }[] }[] };
      const texts = central
        .all("TransactionEvent")
        .map(({ payload }) =>
          ((payload as Event).meterValue ?? [])
            .flatMap((m) => m.sampledValue.flatMap((s) => s.signedMeterValue ?? []))
            .map((s) => Buffer.from(s.signedMeterData, "base64").toString("utf8")),
        );
      expect(texts[0]).toHaveLength(1);
      expect(texts.at(-1)).toHaveLength(2);
      expect(texts.at(-1)?.[0]).toBe(texts[0]?.[0]);
    },
  );
});

describe("an OCMF payload", () => {
  const reading = {
    gateway: { id: "a|b", serial: "1" },
    meterSerial: "1",
    chargePoint: "CP 1",
    page: 7,
    remote: false,
    at: "2030-01-01T10:00:00.000Z",
    synchronized: false,
    reason: "B",
    wh: 12_300,
    current: "AC",
  } as const;

  it("keeps the meter's decimals, and separates sections by nothing else", () => {
    const text = ocmfPayload({ ...reading, token: { idToken: "A|B", type: "ISO14443" } });
    expect(text).toContain('"RV":12.300,');
    expect(text).not.toContain("|");
    expect(JSON.parse(text)).toMatchObject({
      ID: "A|B",
      GI: "a|b",
      RD: [{ TM: "2030-01-01T10:00:00,000+0000 I" }],
    });
  });

  it("has no key code in it", () => {
    const text = ocmfPayload({ ...reading, token: { idToken: "4711", type: "KeyCode" } });
    expect(JSON.parse(text)).toMatchObject({ IT: "KEY_CODE" });
    expect(text).not.toContain("4711");
  });
});
