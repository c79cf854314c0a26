import type { RootUse } from "../../station/ports.ts";

/** CertificateUseEnumType (security white paper §6.4). */
export type CertificateUse16 = "CentralSystemRootCertificate" | "ManufacturerRootCertificate";

const uses: Readonly<Record<CertificateUse16, RootUse>> = {
  CentralSystemRootCertificate: "CSMSRootCertificate",
  ManufacturerRootCertificate: "ManufacturerRootCertificate",
};

export function useOf(certificateType: CertificateUse16): RootUse {
  return uses[certificateType];
}
