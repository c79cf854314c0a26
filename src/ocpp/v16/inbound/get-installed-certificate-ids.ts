import type { CertificateHash, StationCommands } from "../../../station/ports.ts";
import { type CertificateUse16, useOf } from "../certificates.ts";

/** Security white paper §5.7, M03. */
export function getInstalledCertificateIds(
  { certificateType }: { certificateType: CertificateUse16 },
  commands: StationCommands,
): { status: "Accepted" | "NotFound"; certificateHashData?: CertificateHash[] } {
  const found = commands.installedCertificates([useOf(certificateType)]);
  if (found.length === 0) return { status: "NotFound" };
  return { status: "Accepted", certificateHashData: found.map(({ hash }) => hash) };
}
