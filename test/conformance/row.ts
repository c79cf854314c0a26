import { it } from "vitest";
import { type CaseId, cases16 } from "./cases.ts";
import { Rig, type RigOptions } from "./rig.ts";

type Body = (rig: Rig) => Promise<void>;

/** A case of the Open Charge Alliance's list; its title comes from there, its steps from the specification. */
export function testCase(id: CaseId, o: RigOptions, body: Body): void {
  rule(id, cases16[id], o, body);
}

/** A rule of the specification: where it stands, and what it says. */
export function rule(where: string, says: string, o: RigOptions, body: Body): void {
  it(`${where} ${says}`, async () => {
    const rig = await Rig.start(o);
    try {
      await body(rig);
      await rig.finish(o);
    } finally {
      await rig.close();
    }
  });
}
