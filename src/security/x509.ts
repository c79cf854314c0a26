/**
 * The X.509 library, loaded when it is first needed: that takes a tenth of a second, which a station that has no
 * certificates does not pay. It wants the Reflect metadata API in place before.
 */
export async function loadX509(): Promise<typeof import("@peculiar/x509")> {
  await import("reflect-metadata");
  return import("@peculiar/x509");
}
