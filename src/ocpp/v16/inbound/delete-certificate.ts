import type { CertificateHash, StationCommands } from "../../../station/ports.ts";

/** Security white paper §5.3, M04. */
export function deleteCertificate(
  { certificateHashData }: { certificateHashData: CertificateHash },
  commands: StationCommands,
): { status: "Accepted" | "Failed" | "NotFound" } {
  return commands.deleteCertificate(certificateHashData);
}
