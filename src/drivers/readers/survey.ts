import type { Definitions } from "../definitions.ts";
import type { ProbedPcsc } from "./pcsc.ts";
import { listPorts } from "./serial/detect.ts";
import type { Finding, Survey } from "./survey/finding.ts";
import { type Machine, thisMachine } from "./survey/machine.ts";
import { CCID_OPTIONS, escapesAllowed, pcscFindings } from "./survey/pcsc.ts";
import { keyboardFinding, linuxPorts, portFinding, portless } from "./survey/ports.ts";
import { usbDevices } from "./survey/usb.ts";
import { listKeyboards } from "./wedge/detect.ts";

export type { Finding, Problem, Rung, Survey } from "./survey/finding.ts";

export interface SurveyOptions {
  readonly definitions: Definitions;
  /** Folder that stands for the root of a Linux machine; absent: this machine, whatever it is. */
  readonly root?: string;
  /** Instead of {@link thisMachine}. */
  readonly machine?: Machine;
  /** Instead of the system's PC/SC service. */
  readonly probePcsc?: () => Promise<ProbedPcsc>;
}

/** Everything that is plugged in and is a reader, or may be one, with what is in its way. Never rejects for a device. */
export async function surveyReaders(o: SurveyOptions): Promise<Survey> {
  const machine = o.machine ?? thisMachine(o.root);
  const linux = o.root !== undefined || process.platform === "linux";
  const probe = o.probePcsc ?? (async () => (await import("./pcsc.ts")).probePcsc());
  const [probed, devices] = await Promise.all([probe(), linux ? usbDevices(machine) : []]);
  const ports = linux ? await linuxPorts(machine) : await listPorts();
  const keyboards = await listKeyboards(o.root);
  const typing = await Promise.all(keyboards.map((one) => keyboardFinding(one, machine, o.definitions)));
  const findings: readonly Finding[] = [
    ...pcscFindings(probed, devices, o.definitions, escapesAllowed(await machine.text(CCID_OPTIONS))),
    ...(await Promise.all(ports.map((port) => portFinding(port, machine, o.definitions)))),
    ...(await portless(devices, ports, machine)),
    ...typing.filter((one) => one !== undefined),
  ];
  return { findings, remarks: remarksOf(probed, findings, keyboards.length > 0) };
}

function remarksOf(probe: ProbedPcsc, findings: readonly Finding[], typed: boolean): string[] {
  const remarks: string[] = [];
  const told = findings.some(({ kind }) => kind === "pcsc");
  if (!told && probe.problem !== undefined) {
    remarks.push([`PC/SC: ${probe.problem}`, probe.hint].filter((part) => part !== undefined).join(". "));
  }
  if (typed && !findings.some(({ kind }) => kind === "keyboard")) {
    remarks.push(
      "There are keyboards; none calls itself a reader. One that types may still be: --reader wedge:/dev/input/by-id/…",
    );
  }
  return remarks;
}
