import { pki } from "../../security/pki.ts";
import type { Certificate, Pki } from "../../station/ports.ts";
import type { VirtualTime } from "./time.ts";

/** Keys, signatures and hashes take the machine some time: virtual time stands still meanwhile. */
export function heldPki(time: VirtualTime): Pki {
  const held = (certificate: Certificate): Certificate => {
    const hashes = certificate.hashes.bind(certificate);
    return Object.assign(certificate, { hashes: (issuer: Certificate) => time.hold(hashes(issuer)) });
  };
  return {
    read: async (pem) => (await time.hold(pki.read(pem)))?.map(held),
    request: (subject) => time.hold(pki.request(subject)),
    verify: (content, signature, signer) => time.hold(pki.verify(content, signature, signer)),
  };
}
