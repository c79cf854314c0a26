import type { StationCommands } from "../../../station/ports.ts";
import { type CertificateUse16, useOf } from "../certificates.ts";

/** Security white paper §5.11, M05. */
export function installCertificate(
  { certificateType, certificate }: { certificateType: CertificateUse16; certificate: string },
  commands: StationCommands,
): Promise<{ status: "Accepted" | "Rejected" | "Failed" }> {
  return commands.installCertificate({ use: useOf(certificateType), certificate });
}
