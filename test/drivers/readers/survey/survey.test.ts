import { afterEach, describe, expect, it } from "vitest";
import { loadDefinitions } from "../../../../src/drivers/definitions.ts";
import type { ProbedPcsc } from "../../../../src/drivers/readers/pcsc.ts";
import { groupOf, thisMachine } from "../../../../src/drivers/readers/survey/machine.ts";
import { escapesAllowed } from "../../../../src/drivers/readers/survey/pcsc.ts";
import { type Finding, type Survey, surveyReaders } from "../../../../src/drivers/readers/survey.ts";
import { FakeMachine } from "../../../support/machine.ts";

const definitions = await loadDefinitions();
const running: ProbedPcsc = { package: true, daemon: true, readers: [] };

describe("a survey of readers", () => {
  let machine: FakeMachine | undefined;
  afterEach(() => machine?.dispose());

  function survey(name: string, probe: Partial<ProbedPcsc> = {}): Promise<Survey> {
    machine ??= new FakeMachine(name);
    return surveyReaders({
      definitions,
      machine,
      root: machine.root,
      probePcsc: async () => ({ ...running, ...probe }),
    });
  }
  const by = (s: Survey, where: string): Finding | undefined => s.findings.find((f) => f.where === where);

  it("on a Raspberry Pi: the kernel holds the ACR122U, and the port belongs to a group", async () => {
    const found = await survey("raspberry-acr122u");
    machine = undefined;
    expect(found.findings.map(({ name, where, state }) => [name, where, state])).toEqual([
      ["ACS ACR122U", "USB 1-1.3", "blocked"],
      ["unknown device", "/dev/ttyUSB0", "blocked"],
    ]);
    expect(by(found, "USB 1-1.3")).toMatchObject({
      matches: [{ definition: "acr122u", why: "USB 072F:2200" }],
      problems: [
        {
          what: "the kernel module pn533_usb holds it",
          mend: "sudo modprobe -r pn533_usb pn533 nfc",
          next: expect.stringContaining("blacklist pn533_usb"),
        },
      ],
    });
    expect(by(found, "/dev/ttyUSB0")).toMatchObject({
      matches: [],
      notes: ["USB 1A86:7523", "usb-1a86_USB_Serial-if00-port0", expect.stringContaining("readers learn")],
      problems: [
        {
          what: "permission denied: it belongs to the group dialout",
          mend: "sudo usermod -aG dialout $USER, then log in again",
        },
      ],
    });
  });

  it("on a desk: what is recognised, by what, and what is in the way", async () => {
    const found = await survey("ubuntu-desk", {
      readers: ["ACS ACR1252 Dual Reader PICC 00 00", "Unheard Of 01 00"],
    });
    machine = undefined;
    expect(found.findings.map(({ kind, name, state }) => [kind, name, state])).toEqual([
      ["pcsc", "ACS ACR1252U", "ready"],
      ["pcsc", "Unheard Of 01 00", "ready"],
      ["serial", "Elatec TWN4 (serial)", "ready"],
      ["serial", "USB serial adapter", "blocked"],
      ["keyboard", "Keyboard reader (ten digits)", "blocked"],
    ]);
    expect(found.findings[0]).toMatchObject({
      matches: [{ definition: "acr1252u", score: 100, why: 'its name has "ACR1252"' }],
      use: '--reader "pcsc:ACS ACR1252 Dual Reader PICC 00 00"',
      notes: ["USB 072F:223B at 1-2", expect.stringContaining("stored in it")],
      problems: [
        {
          what: expect.stringContaining("libccid refuses commands"),
          mend: expect.stringContaining("s/0x0000/0x0001/"),
          next: "sudo systemctl restart pcscd",
        },
      ],
    });
    expect(found.findings[1]?.notes[0]).toContain("no definition fits");
    expect(found.findings[2]).toMatchObject({
      where: "/dev/ttyACM0",
      matches: [{ definition: "twn4-line", score: 50, why: "USB vendor 09D8" }],
      use: "--reader serial:/dev/ttyACM0",
    });
    expect(found.findings[3]?.problems[0]).toMatchObject({
      what: "brltty takes it for a braille display",
      mend: expect.stringContaining("remove brltty"),
    });
    expect(found.findings[4]).toMatchObject({
      where: "/dev/input/by-id/usb-Sycreader_SYC_ID_IC_USB_Reader_08FF20140315-event-kbd",
      notes: ['USB FFFF:0035, "Sycreader RFID Technology Co., Ltd SYC ID&IC USB Reader"'],
      matches: [{ definition: "wedge-decimal", score: 90, why: "USB vendor FFFF, USB product 0035" }],
      problems: [
        {
          what: "permission denied: you joined the group input after you logged in",
          mend: "Log in again, or: newgrp input",
        },
      ],
    });
  });

  it.each<[Partial<ProbedPcsc>, string, string]>([
    [{ package: false, problem: "nfc-pcsc is not installed" }, "nfc-pcsc", "npm rebuild"],
    [{ daemon: false, problem: "The PC/SC service does not run" }, "does not run", "pcscd"],
    [{}, "does not see it", "libccid"],
  ])("says why PC/SC has not what the bus has: %j", async (probe, what, mend) => {
    const found = await survey("ubuntu-desk", probe);
    machine = undefined;
    expect(by(found, "USB 1-2")).toMatchObject({
      name: "ACS ACR1252U",
      state: "blocked",
      problems: [{ what: expect.stringContaining(what), mend: expect.stringContaining(mend) }],
    });
  });

  it("tells a device that has gone since its name was read", async () => {
    machine = new FakeMachine("ubuntu-desk");
    machine.pull("/dev/ttyACM0");
    const found = await survey("ubuntu-desk");
    machine = undefined;
    expect(by(found, "/dev/ttyACM0")?.problems[0]?.what).toBe("/dev/ttyACM0 is not there");
  });

  it("of this machine never fails", async () => {
    const found = await surveyReaders({ definitions });
    for (const finding of found.findings) expect(finding.name).toMatch(/\S/);
    expect(await thisMachine().access("/dev/null")).toEqual({ state: "ok" });
    expect(await thisMachine().access("/no/such/device")).toEqual({ state: "absent" });
  });
});

describe("libccid's options", () => {
  it.each([
    ["<key>ifdDriverOptions</key>\n\t<string>0x0000</string>", false],
    ["<key>ifdDriverOptions</key><string>0x0005</string>", true],
    ["<key>somethingElse</key>", true],
    [undefined, true],
  ])("%j", (text, allowed) => {
    expect(escapesAllowed(text)).toBe(allowed);
  });
});

describe("the group of a device", () => {
  const groups = "root:x:0:\ndialout:x:20:ann,bob\ninput:x:995:";
  it.each([
    [20, "ann", { group: "dialout", member: true }],
    [20, "eve", { group: "dialout", member: false }],
    [995, undefined, { group: "input", member: false }],
    [4242, "ann", {}],
  ])("%i for %s", (gid, user, expected) => {
    expect(groupOf(groups, gid, user)).toEqual(expected);
  });
});
