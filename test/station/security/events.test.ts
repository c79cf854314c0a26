import { describe, expect, it } from "vitest";
import { SECURITY_LOG_MAX } from "../../../src/station/security/events.ts";
import { hexOf } from "../../../src/station/security/security-settings.ts";
import { memoryStore } from "../../../src/store/memory.ts";
import { type Bench, bench, kindsOf } from "../../support/station.ts";

const PASSWORD = hexOf("sixteen chars or more");

/** At security profile 1, where critical events are told. */
function secured(o: Parameters<typeof bench>[0] = {}): Bench {
  const b = bench(o);
  b.station.kit.security.give({ profile: { value: 1, explicit: true }, password: PASSWORD });
  return b;
}

const told = (b: Bench) => b.csms.of("securityEvent").map((e) => e.type);
const logged = (b: Bench) => b.station.kit.security.log().map((e) => e.type);

describe("security events (A04)", () => {
  it("the start is logged always, and told after registration when a security profile is in force", async () => {
    const plain = bench();
    plain.station.start();
    await plain.clock.advance(1);
    expect([told(plain), logged(plain)]).toEqual([[], ["StartupOfTheDevice"]]);
    const b = secured();
    b.station.start();
    await b.clock.advance(1);
    expect([told(b), logged(b)]).toEqual([["StartupOfTheDevice"], ["StartupOfTheDevice"]]);
    expect(kindsOf(b).indexOf("boot")).toBeLessThan(kindsOf(b).indexOf("securityEvent"));
    expect(b.csms.of("securityEvent")[0]).toEqual({
      type: "StartupOfTheDevice",
      timestamp: "2030-01-01T00:00:00.000Z",
    });
  });

  it("a reset is one more, with its reason", async () => {
    const b = secured();
    b.station.start();
    await b.clock.advance(1);
    b.csms.commands.reset({ type: "Hard" });
    await b.clock.advance(10_000);
    expect(told(b)).toEqual(["StartupOfTheDevice", "StartupOfTheDevice", "ResetOrReboot"]);
    expect(b.station.kit.security.log().at(-1)).toMatchObject({ seq: 3, techInfo: "RemoteReset" });
  });

  it("those of an outage are kept over a restart, and told in order, once each", async () => {
    const store = memoryStore();
    const b = secured({ store });
    b.csms.auto = false;
    b.station.start();
    b.station.kit.security.tell("InvalidCsmsCertificate", "expired");
    b.station.kit.security.tell("ReconfigurationOfSecurityParameters", "not told");
    b.station.cutPower();
    const again = bench({ store });
    again.station.start();
    await again.clock.advance(1);
    expect(told(again)).toEqual(["StartupOfTheDevice", "InvalidCsmsCertificate", "StartupOfTheDevice"]);
    again.csms.disconnect();
    again.csms.connect();
    await again.clock.advance(1);
    expect(told(again)).toHaveLength(3);
  });

  it("silence is tried again; an answer of any kind is enough", async () => {
    const b = secured();
    b.csms.script.securityEvent = () => ({ ok: false, failure: "timeout", detail: "" });
    b.station.start();
    await b.clock.advance(59_000);
    expect(told(b)).toHaveLength(1);
    await b.clock.advance(2000);
    expect(told(b)).toHaveLength(2);
    b.csms.script.securityEvent = () => ({ ok: false, failure: "callError", detail: "NotImplemented" });
    await b.clock.advance(600_000);
    expect(told(b)).toHaveLength(3);
  });

  it("what a hostile far end can cause at will is one line a minute", async () => {
    const b = bench();
    b.station.start();
    await b.clock.advance(1);
    for (let n = 0; n < 1000; n++) b.csms.listener?.invalid?.(`nonsense ${n}`);
    await b.clock.advance(60_000);
    b.csms.listener?.invalid?.("once more");
    expect(b.station.kit.security.log().slice(1)).toMatchObject([
      { type: "InvalidMessages", techInfo: "nonsense 0" },
      { type: "InvalidMessages", techInfo: "once more (and 999 more before)" },
    ]);
    expect(told(b)).toEqual([]);
  });

  it("the log rolls, and can be read by time", () => {
    const b = bench();
    const { security } = b.station.kit;
    for (let n = 1; n <= SECURITY_LOG_MAX + 5; n++)
      security.tell("ReconfigurationOfSecurityParameters", `${n}`);
    const log = security.log();
    expect(log).toHaveLength(SECURITY_LOG_MAX);
    expect(log.map((e) => e.seq)).toEqual(Array.from({ length: SECURITY_LOG_MAX }, (_, i) => i + 6));
    const now = b.clock.now();
    expect(security.log(now, now)).toHaveLength(SECURITY_LOG_MAX);
    expect(security.log(now + 1)).toEqual([]);
    expect(security.log(undefined, now - 1)).toEqual([]);
  });

  it("a text that is too long for the message is cut", () => {
    const b = bench();
    b.station.kit.security.tell("InvalidCsmsCertificate", "x".repeat(300));
    expect(b.station.kit.security.log()[0]?.techInfo).toHaveLength(255);
  });

  it("is one event for as many attempts as fail alike", async () => {
    const b = bench();
    b.csms.auto = false;
    b.station.start();
    const fail = (problem: "serverCertificate" | "authentication" | "tlsVersion" | "cipherSuite") =>
      b.csms.listener?.link({ kind: "failed", why: "no", problem });
    for (const problem of ["serverCertificate", "serverCertificate", "tlsVersion", "cipherSuite"] as const)
      fail(problem);
    b.csms.connect();
    b.csms.disconnect();
    fail("cipherSuite");
    fail("authentication");
    expect(logged(b)).toEqual([
      "StartupOfTheDevice",
      "CsmsFailedToAuthenticate",
      "InvalidCsmsCertificate",
      "InvalidTLSVersion",
      "InvalidTLSCipherSuite",
      "InvalidTLSCipherSuite",
      "FailedToAuthenticateAtCsms",
    ]);
  });
});
