import { createPcscReader } from "../../src/drivers/readers/pcsc.ts";
import { readerContract } from "../contracts/reader.ts";
import { pcscdMissing } from "../support/pcscd.ts";
import { realBench, scripted, virtualBench } from "../support/pcscd-bench.ts";
import { pcscPackageMissing, skipUnlessRequired } from "../support/pcscd-package.ts";

readerContract(
  "PC/SC, the daemon's protocol played",
  async () => {
    const bench = await virtualBench();
    const [first, second] = bench.readers;
    bench.daemon.unplug(second);
    let plugged = first;
    return {
      reader: createPcscReader({ socket: bench.socket }),
      present: (uid) => bench.daemon.insert(plugged, scripted({ uid: uid.hex })),
      remove: () => bench.daemon.remove(plugged),
      unplug: () => bench.daemon.unplug(plugged),
      replug: () => {
        plugged = bench.daemon.plug(first.name);
      },
      dispose: () => bench.close(),
    };
  },
  { missing: skipUnlessRequired(pcscPackageMissing()) },
);

readerContract(
  "PC/SC, Debian's pcscd with vpcd, which is stopped and started",
  async () => {
    const bench = await realBench();
    return {
      reader: createPcscReader({ socket: bench.socket, match: bench.readerName }),
      present: async (uid) => {
        await bench.present({ uid: uid.hex });
      },
      remove: () => bench.clear(),
      unplug: () => bench.stopDaemon(),
      replug: () => bench.startDaemon(),
      dispose: () => bench.close(),
    };
  },
  { missing: skipUnlessRequired(pcscPackageMissing() ?? pcscdMissing()) },
);
