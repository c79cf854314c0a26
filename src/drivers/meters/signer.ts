import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { MeterSigner, ValueStore } from "../../station/ports.ts";

/** Where the meter's private key lies among the station's durable values. */
const KEY = "meter.signingKey";

/**
 * A meter that signs: ECDSA over secp256r1 with SHA-256, OCMF's default. Its key is made once and kept by the station,
 * as a real meter keeps the one that it was sealed with.
 */
export function openSigner(values: ValueStore): MeterSigner {
  const key = storedKey(values) ?? newKey(values);
  const publicKey = createPublicKey(key)
    .export({ type: "spki", format: "der" })
    .toString("hex")
    .toUpperCase();
  return {
    publicKey,
    method: "ECDSA-secp256r1-SHA256",
    sign: (text) => sign("sha256", Buffer.from(text, "utf8"), key).toString("hex").toUpperCase(),
  };
}

function storedKey(values: ValueStore): KeyObject | undefined {
  const pem = values.get(KEY);
  return typeof pem === "string" ? createPrivateKey(pem) : undefined;
}

function newKey(values: ValueStore): KeyObject {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  values.set(KEY, privateKey.export({ type: "pkcs8", format: "pem" }));
  return privateKey;
}
