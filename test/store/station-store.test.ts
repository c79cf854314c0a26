import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStationStore } from "../../src/store/station-store.ts";
import { storeContract } from "../contracts/store.ts";

storeContract("SQLite", () => {
  const directory = mkdtempSync(join(tmpdir(), "tapstation-"));
  const path = join(directory, "station.db");
  let store = openStationStore(path);
  return {
    store,
    reopen: () => {
      store.close();
      store = openStationStore(path);
      return store;
    },
    dispose: () => {
      store.close();
      rmSync(directory, { recursive: true });
    },
  };
});
