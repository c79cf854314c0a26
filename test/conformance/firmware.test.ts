import { afterEach, beforeEach, describe, expect } from "vitest";
import { authority, signatureOf } from "../support/certificates.ts";
import { CARD, type Rig, type RigOptions } from "./rig.ts";
import { rule, testCase } from "./row.ts";
import { Workshop } from "./workshop.ts";

/** What a row finds: made before each, because a row's options are a constant. */
let workshop: Workshop;
beforeEach(async () => {
  workshop = await Workshop.open();
});
afterEach(() => workshop.close());

const with_ = (o: RigOptions = {}): RigOptions => ({
  ...o,
  get files() {
    return workshop.files;
  },
});

const image = "firmwareVersion: 2.0.0\ninstallSeconds: 60\n\n";
const past = "2030-01-01T09:00:00Z";

async function begin({ central }: Rig, more: object = {}): Promise<void> {
  await central.send(
    "UpdateFirmware",
    { location: workshop.url("/v2.img"), retrieveDate: past, ...more },
    {},
  );
}

const told = (rig: Rig, status: string, more: object = {}) =>
  rig.central.expect("FirmwareStatusNotification", { status, ...more });

async function tellsOf(rig: Rig, ...statuses: string[]): Promise<void> {
  for (const status of statuses) await told(rig, status);
}

const signer = { notAfter: new Date("2040-01-01") };

/** A root that the station trusts with firmware, a certificate below it, and an image that it has signed. */
async function signedUpdate({ station }: Rig, more: object = {}) {
  const root = await authority("Firmware root", signer);
  const { certificate, privateKey } = await root.issue({ commonName: "Firmware signer", ...signer });
  await station.security.roots.install("ManufacturerRootCertificate", root.certificate);
  workshop.images.set("/v2.img", image);
  return {
    requestId: 7,
    firmware: {
      location: workshop.url("/v2.img"),
      retrieveDateTime: past,
      signingCertificate: certificate,
      signature: signatureOf(Buffer.from(image), privateKey),
      ...more,
    },
  };
}

async function tellsSigned(rig: Rig, ...statuses: string[]): Promise<void> {
  for (const status of statuses)
    await rig.central.expect("SignedFirmwareStatusNotification", { status, requestId: 7 });
}

const detail = (rig: Rig) => rig.of("maintenance").at(-1)?.detail;

describe("UpdateFirmware (1.6 §5.19, §4.5)", () => {
  testCase("TC_044_1_CS", with_(), async (rig) => {
    workshop.images.set("/v2.img", image);
    await begin(rig);
    await tellsOf(rig, "Downloading", "Downloaded");
    await rig.central.status(1, "Unavailable");
    await rig.central.status(0, "Unavailable");
    await told(rig, "Installing");
    await rig.pass(59);
    await rig.central.nothing();
    await rig.pass(2);
    await rig.central.expect("BootNotification", { firmwareVersion: "2.0.0" });
    await rig.central.status(1, "Available");
    await told(rig, "Installed");
    expect(detail(rig)).toBe("2.0.0");
  });

  testCase("TC_044_2_CS", with_(), async (rig) => {
    await begin(rig);
    await tellsOf(rig, "Downloading", "DownloadFailed");
    expect(detail(rig)).toMatch(/answered 404/);
    await rig.central.nothing("StatusNotification");
  });

  testCase("TC_044_3_CS", with_(), async (rig) => {
    workshop.images.set("/v2.img", `installation: fails\n${image}`);
    await begin(rig);
    await tellsOf(rig, "Downloading", "Downloaded", "Installing");
    await rig.central.status(1, "Unavailable");
    await rig.pass(60);
    await told(rig, "InstallationFailed");
    await rig.central.status(1, "Available");
    await rig.central.nothing();
  });

  rule("§5.19", "the download waits for the retrieve date", with_(), async (rig) => {
    workshop.images.set("/v2.img", image);
    await begin(rig, { retrieveDate: "2030-01-01T10:05:00Z" });
    await rig.pass(299);
    await rig.central.nothing();
    expect(workshop.asked.size).toBe(0);
    await rig.pass(1);
    await tellsOf(rig, "Downloading", "Downloaded", "Installing");
  });

  rule("§6.63", "retries are tries in all, retryInterval apart", with_(), async (rig) => {
    await begin(rig, { retries: 3, retryInterval: 20 });
    await told(rig, "Downloading");
    await rig.pass(19);
    await rig.central.nothing();
    await rig.pass(1);
    await told(rig, "Downloading");
    workshop.images.set("/v2.img", image);
    await rig.pass(20);
    await tellsOf(rig, "Downloading", "Downloaded", "Installing");
    expect(workshop.asked.get("/v2.img")).toBe(3);
  });

  rule(
    "§5.19",
    "a running transaction is waited for; what is free, and what becomes so, is unavailable",
    with_({ connectors: 2 }),
    async (rig) => {
      workshop.images.set("/v2.img", image);
      await rig.station.charge(CARD, 1);
      rig.central.skip();
      await begin(rig);
      await tellsOf(rig, "Downloading", "Downloaded");
      await rig.central.status(2, "Unavailable");
      await rig.pass(600);
      await rig.central.nothing();
      await rig.station.unplug(1);
      await rig.central.expect("StopTransaction");
      expect(rig.station.status().evses[0]).toMatchObject({ chargePointStatus: "Unavailable" });
      await told(rig, "Installing");
    },
  );

  rule(
    "AllowNewSessionsPendingFirmwareUpdate",
    "lets others begin meanwhile",
    with_({ connectors: 2, keys: { "ChargingStation.AllowNewSessionsPendingFirmwareUpdate": true } }),
    async (rig) => {
      workshop.images.set("/v2.img", image);
      await rig.station.charge(CARD, 1);
      rig.central.skip();
      await begin(rig);
      await tellsOf(rig, "Downloading", "Downloaded");
      expect(rig.station.status().evses[1]).toMatchObject({ chargePointStatus: "Available" });
      await rig.station.unplug(1);
      await rig.central.expect("StopTransaction");
      await told(rig, "Installing");
      await rig.central.status(2, "Unavailable");
    },
  );

  rule("§4.5", "what could not be told is told on return: the latest status only", with_(), async (rig) => {
    await begin(rig, { retrieveDate: "2030-01-01T10:01:00Z" });
    await rig.station.offline();
    await rig.pass(60);
    expect(rig.of("maintenance").at(-1)?.status).toBe("DownloadFailed");
    await rig.station.online();
    await told(rig, "DownloadFailed");
    await rig.station.offline();
    await rig.station.online();
    await rig.central.nothing();
  });

  rule("§5.19", "a new update takes the place of one that is not being installed", with_(), async (rig) => {
    workshop.images.set("/v2.img", image);
    await begin(rig, { retrieveDate: "2030-01-01T11:00:00Z" });
    await begin(rig);
    await tellsOf(rig, "Downloading", "Downloaded", "Installing");
    const again = { location: workshop.url("/v3.img"), retrieveDate: past };
    await rig.central.send("UpdateFirmware", again, { error: "GenericError" });
    await rig.pass(61);
    await rig.central.expect("BootNotification", { firmwareVersion: "2.0.0" });
    await told(rig, "Installed");
    expect(workshop.asked.get("/v2.img")).toBe(1);
  });

  rule(
    "§5.17, §7.25",
    "TriggerMessage: the state while it lasts, Idle when nothing goes on",
    with_(),
    async (rig) => {
      const trigger = () =>
        rig.central.send(
          "TriggerMessage",
          { requestedMessage: "FirmwareStatusNotification" },
          { status: "Accepted" },
        );
      await trigger();
      await told(rig, "Idle");
      workshop.images.set("/v2.img", image);
      await begin(rig);
      await tellsOf(rig, "Downloading", "Downloaded", "Installing");
      await trigger();
      await told(rig, "Installing");
      await rig.pass(61);
      await rig.central.expect("BootNotification");
      await told(rig, "Installed");
      await trigger();
      await told(rig, "Idle");
    },
  );

  rule("power", "a cut in the middle of the installation begins it anew", with_(), async (rig) => {
    workshop.images.set("/v2.img", image);
    await begin(rig);
    await tellsOf(rig, "Downloading", "Downloaded", "Installing");
    await rig.pass(30);
    await rig.station.power("cut");
    await rig.station.power("restore");
    await rig.central.expect("BootNotification");
    await told(rig, "Installing");
    await rig.pass(61);
    await rig.central.expect("BootNotification", { firmwareVersion: "2.0.0" });
    await told(rig, "Installed");
    expect(workshop.asked.get("/v2.img")).toBe(1);
  });

  rule("power", "a cut in the middle of the download begins it anew", with_(), async (rig) => {
    workshop.mute.add("/v2.img");
    workshop.images.set("/v2.img", image);
    await begin(rig);
    await told(rig, "Downloading");
    await rig.station.power("cut");
    workshop.mute.clear();
    workshop.files.hangs = false;
    await rig.station.power("restore");
    await rig.central.expect("BootNotification");
    await told(rig, "Downloading");
    await tellsOf(rig, "Downloaded", "Installing");
  });

  rule("disk", "an image that vanished is downloaded anew", with_(), async (rig) => {
    workshop.images.set("/v2.img", image);
    await rig.station.charge();
    rig.central.skip();
    await begin(rig);
    await tellsOf(rig, "Downloading", "Downloaded");
    await workshop.files.remove("firmware");
    await rig.station.unplug();
    await rig.central.expect("StopTransaction");
    await tellsOf(rig, "Downloading", "Downloaded", "Installing");
  });
});

describe("SignedUpdateFirmware (1.6 security white paper L01)", () => {
  const Accepted = { status: "Accepted" };

  testCase("TC_080_CS", with_(), async (rig) => {
    await rig.central.send("SignedUpdateFirmware", await signedUpdate(rig), Accepted);
    await tellsSigned(rig, "Downloading", "Downloaded", "SignatureVerified", "Installing");
    await rig.pass(60);
    await tellsSigned(rig, "InstallRebooting");
    await rig.pass(1);
    await rig.central.expect("BootNotification", { firmwareVersion: "2.0.0" });
    await tellsSigned(rig, "Installed");
    await rig.central.expect("SecurityEventNotification", { type: "FirmwareUpdated", techInfo: "2.0.0" });
  });

  testCase("TC_081_CS", with_(), async (rig) => {
    const request = await signedUpdate(rig);
    workshop.images.set("/v2.img", `${image}another`);
    await rig.central.send("SignedUpdateFirmware", request, Accepted);
    await tellsSigned(rig, "Downloading", "Downloaded", "InvalidSignature");
    await rig.central.expect("SecurityEventNotification", { type: "InvalidFirmwareSignature" });
    await rig.pass(100);
    await rig.central.nothing("StatusNotification");
  });

  rule(
    "L01.FR.20",
    "a model that takes signed firmware only says NotSupported",
    with_({ model: "public-post" }),
    async (rig) => {
      const unsigned = { location: workshop.url("/v2.img"), retrieveDate: past };
      await rig.central.send("UpdateFirmware", unsigned, { error: "NotSupported" });
      await rig.central.send("SignedUpdateFirmware", await signedUpdate(rig), Accepted);
      await tellsSigned(rig, "Downloading", "Downloaded", "SignatureVerified", "Installing");
    },
  );

  rule(
    "L01.FR.24",
    "a certificate that no installed root has signed is refused before anything",
    with_(),
    async (rig) => {
      const other = await authority("Somebody", signer);
      const { certificate } = await other.issue({ commonName: "Firmware signer", ...signer });
      const request = await signedUpdate(rig, { signingCertificate: certificate });
      await rig.central.send("SignedUpdateFirmware", request, { status: "InvalidCertificate" });
      await rig.central.expect("SecurityEventNotification", { type: "InvalidFirmwareSigningCertificate" });
      await rig.pass(100);
      expect(workshop.asked.size).toBe(0);
    },
  );

  rule("L01.FR.13, FR.16", "download and installation wait for their times", with_(), async (rig) => {
    const at = { retrieveDateTime: "2030-01-01T10:05:00Z", installDateTime: "2030-01-01T10:30:00Z" };
    await rig.central.send("SignedUpdateFirmware", await signedUpdate(rig, at), Accepted);
    await tellsSigned(rig, "DownloadScheduled");
    await rig.pass(299);
    await rig.central.nothing();
    await rig.pass(1);
    await tellsSigned(rig, "Downloading", "Downloaded", "SignatureVerified", "InstallScheduled");
    expect(rig.station.status().evses[0]).toMatchObject({ chargePointStatus: "Available" });
    await rig.pass(1499);
    await rig.central.nothing();
    await rig.pass(1);
    await tellsSigned(rig, "Installing");
    await rig.pass(61);
    await tellsSigned(rig, "InstallRebooting");
    await rig.central.expect("BootNotification");
    await tellsSigned(rig, "Installed");
    await rig.central.expect("SecurityEventNotification");
  });

  rule("L01.FR.14", "between two tries the download is paused", with_(), async (rig) => {
    const request = await signedUpdate(rig);
    workshop.images.clear();
    await rig.central.send("SignedUpdateFirmware", { ...request, retries: 2, retryInterval: 5 }, Accepted);
    await tellsSigned(rig, "Downloading", "DownloadPaused");
    await rig.pass(5);
    await tellsSigned(rig, "Downloading", "DownloadFailed");
  });

  rule(
    "L01.FR.26, FR.27",
    "a second request cancels the first, but not an installation",
    with_(),
    async (rig) => {
      const request = await signedUpdate(rig);
      const { firmware } = request;
      const later = { requestId: 6, firmware: { ...firmware, installDateTime: "2030-01-01T12:00:00Z" } };
      await rig.central.send("SignedUpdateFirmware", later, Accepted);
      for (const status of ["Downloading", "Downloaded", "SignatureVerified", "InstallScheduled"])
        await rig.central.expect("SignedFirmwareStatusNotification", { status, requestId: 6 });
      await rig.central.send("SignedUpdateFirmware", request, { status: "AcceptedCanceled" });
      await tellsSigned(rig, "Downloading", "Downloaded", "SignatureVerified", "Installing");
      await rig.central.send("SignedUpdateFirmware", { ...request, requestId: 8 }, { status: "Rejected" });
    },
  );

  rule("FirmwareStatusEnumType", "InstallVerificationFailed", with_(), async (rig) => {
    const bad = `installation: verification-fails\n${image}`;
    const root = await authority("Firmware root", signer);
    const { certificate, privateKey } = await root.issue({ commonName: "Firmware signer", ...signer });
    await rig.station.security.roots.install("ManufacturerRootCertificate", root.certificate);
    workshop.images.set("/v2.img", bad);
    const firmware = {
      location: workshop.url("/v2.img"),
      retrieveDateTime: past,
      signingCertificate: certificate,
      signature: signatureOf(Buffer.from(bad), privateKey),
    };
    await rig.central.send("SignedUpdateFirmware", { requestId: 7, firmware }, Accepted);
    await tellsSigned(rig, "Downloading", "Downloaded", "SignatureVerified", "Installing");
    await rig.pass(60);
    await tellsSigned(rig, "InstallVerificationFailed");
    await rig.central.status(1, "Unavailable");
    await rig.central.status(1, "Available");
  });

  rule(
    "L01.FR.28, FR.29",
    "ExtendedTriggerMessage: the last status but Installed, which is Idle",
    with_(),
    async (rig) => {
      const trigger = () =>
        rig.central.send(
          "ExtendedTriggerMessage",
          { requestedMessage: "FirmwareStatusNotification" },
          Accepted,
        );
      const idle = async () => {
        await trigger();
        const said = await rig.central.expect("SignedFirmwareStatusNotification");
        expect(said).toEqual({ status: "Idle" });
      };
      await idle();
      const request = await signedUpdate(rig);
      workshop.images.clear();
      await rig.central.send("SignedUpdateFirmware", request, Accepted);
      await tellsSigned(rig, "Downloading", "DownloadFailed");
      await trigger();
      await tellsSigned(rig, "DownloadFailed");
      workshop.images.set("/v2.img", image);
      await rig.central.send("SignedUpdateFirmware", request, Accepted);
      await tellsSigned(rig, "Downloading", "Downloaded", "SignatureVerified", "Installing");
      await trigger();
      await tellsSigned(rig, "Installing");
      await rig.pass(61);
      await tellsSigned(rig, "InstallRebooting");
      await rig.central.expect("BootNotification");
      await tellsSigned(rig, "Installed");
      await rig.central.expect("SecurityEventNotification");
      await idle();
    },
  );
});

describe("UpdateFirmware (2.0.1 L01, L02)", () => {
  const Accepted = { status: "Accepted" };

  rule("L01", "signed, from the request to Installed", with_({ ocpp: "2.0.1" }), async (rig) => {
    const tells = async (...statuses: string[]) => {
      for (const status of statuses)
        await rig.central.expect("FirmwareStatusNotification", { status, requestId: 7 });
    };
    await rig.central.send("UpdateFirmware", await signedUpdate(rig), Accepted);
    await tells("Downloading", "Downloaded", "SignatureVerified", "Installing");
    await rig.pass(61);
    await tells("InstallRebooting");
    await rig.central.expect("BootNotification", {
      reason: "FirmwareUpdate",
      chargingStation: { firmwareVersion: "2.0.0" },
    });
    await tells("Installed");
    await rig.central.expect("SecurityEventNotification", { type: "FirmwareUpdated" });
  });

  rule(
    "L02",
    "unsigned; a trigger after a failure repeats it (L01.FR.26)",
    with_({ ocpp: "2.0.1" }),
    async (rig) => {
      const firmware = { location: workshop.url("/gone"), retrieveDateTime: past };
      await rig.central.send(
        "UpdateFirmware",
        { requestId: 9, firmware, retries: 1, retryInterval: 3 },
        Accepted,
      );
      const tells = (status: string) =>
        rig.central.expect("FirmwareStatusNotification", { status, requestId: 9 });
      await tells("Downloading");
      await tells("DownloadPaused");
      await rig.pass(3);
      await tells("Downloading");
      await tells("DownloadFailed");
      await rig.central.send("TriggerMessage", { requestedMessage: "FirmwareStatusNotification" }, Accepted);
      await tells("DownloadFailed");
    },
  );

  rule(
    "TC_F_17_CS to TC_F_19_CS",
    "Trigger message - FirmwareStatusNotification; an EVSE does not matter",
    with_({ ocpp: "2.0.1" }),
    async (rig) => {
      const trigger = (more: object = {}) =>
        rig.central.send(
          "TriggerMessage",
          { requestedMessage: "FirmwareStatusNotification", ...more },
          Accepted,
        );
      await trigger();
      expect(await rig.central.expect("FirmwareStatusNotification")).toEqual({ status: "Idle" });
      workshop.mute.add("/slow");
      const firmware = { location: workshop.url("/slow"), retrieveDateTime: past };
      await rig.central.send("UpdateFirmware", { requestId: 9, firmware }, Accepted);
      await rig.central.expect("FirmwareStatusNotification", { status: "Downloading", requestId: 9 });
      await trigger({ evse: { id: 1 } });
      await rig.central.expect("FirmwareStatusNotification", { status: "Downloading", requestId: 9 });
    },
  );
});
