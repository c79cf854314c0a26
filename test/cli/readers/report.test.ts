import pc from "picocolors";
import { describe, expect, it } from "vitest";
import { conclusion, surveyLines } from "../../../src/cli/readers/report.ts";
import { loadDefinitions } from "../../../src/drivers/definitions.ts";
import { surveyReaders } from "../../../src/drivers/readers/survey.ts";
import { run } from "../../support/bin.ts";
import { FakeMachine } from "../../support/machine.ts";
import { pcscdMissing } from "../../support/pcscd.ts";
import { realBench } from "../../support/pcscd-bench.ts";
import { pcscPackageMissing, skipUnlessRequired } from "../../support/pcscd-package.ts";

const plain = pc.createColors(false);
const definitions = await loadDefinitions();

async function linesOf(name: string, readers: readonly string[]): Promise<string[]> {
  const machine = new FakeMachine(name);
  const probePcsc = async () => ({ package: true, daemon: true, readers });
  const survey = await surveyReaders({ definitions, machine, root: machine.root, probePcsc });
  machine.dispose();
  return [...surveyLines(survey, 80, plain), "", conclusion(survey).text];
}

describe("the report of readers", () => {
  it("is worth reading at 80 columns", async () => {
    expect(await linesOf("raspberry-acr122u", [])).toEqual([
      "✖ PC/SC: ACS ACR122U                                                     blocked",
      "  where      USB 1-1.3",
      "  definition acr122u: USB 072F:2200 (90 of 100)",
      "  problem    the kernel module pn533_usb holds it",
      "  mend       sudo modprobe -r pn533_usb pn533 nfc",
      "  then       echo blacklist pn533_usb | sudo tee /etc/modprobe.d/tapstation.conf",
      "",
      "✖ serial: unknown device                                                 blocked",
      "  where      /dev/ttyUSB0",
      "  note       USB 1A86:7523",
      "  note       usb-1a86_USB_Serial-if00-port0",
      "  note       nothing says which reader is on it; find out with: tapstation",
      "             readers learn /dev/ttyUSB0",
      "  problem    permission denied: it belongs to the group dialout",
      "  mend       sudo usermod -aG dialout $USER, then log in again",
      "",
      "No reader can be used until what is in the way is mended.",
    ]);
  });

  it("keeps within 80 columns, and says what to type", async () => {
    const lines = await linesOf("ubuntu-desk", ["ACS ACR1252 Dual Reader PICC 00 00"]);
    expect(lines.filter((line) => line.length > 80 && !/\/dev\/input\/by-id/.test(line))).toEqual([]);
    expect(lines).toContain('  use        --reader "pcsc:ACS ACR1252 Dual Reader PICC 00 00"');
    expect(lines.at(-1)).toBe("2 readers are ready: tapstation start uses them by itself.");
  });
});

describe("tapstation readers", () => {
  it("ends with 3 when no reader can be used, and says what to do", async () => {
    const { code, stdout } = await run(["readers"], { env: { PCSCLITE_CSOCK_NAME: "/nonexistent/pcscd" } });
    expect([0, 3]).toContain(code);
    if (code === 3) expect(stdout).toMatch(/No reader/);
    expect(stdout).toMatch(/pcscd|nfc-pcsc/);
  });

  const missing = pcscPackageMissing() ?? pcscdMissing();
  const skip = skipUnlessRequired(missing);
  it.skipIf(skip !== undefined)(
    `finds the readers of the real PC/SC daemon${skip === undefined ? "" : ` (skipped: ${skip})`}`,
    async () => {
      const bench = await realBench();
      const { code, stdout } = await run(["readers", "--json"], {
        env: { PCSCLITE_CSOCK_NAME: bench.socket },
      });
      await bench.close();
      expect(code).toBe(0);
      const found = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(found.find((f) => f.where === bench.readerName)).toMatchObject({
        kind: "pcsc",
        state: "ready",
        matches: [{ definition: "acr122u" }],
      });
    },
  );
});
