import type { RootUse } from "../../station/ports.ts";

/** What of 2.0.1's certificate uses this station keeps. */
export const rootUses: readonly RootUse[] = ["CSMSRootCertificate", "ManufacturerRootCertificate"];

export function rootUseOf(certificateType: string): RootUse | undefined {
  return rootUses.find((use) => use === certificateType);
}
