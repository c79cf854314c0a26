import type { FileTransfer } from "../../station/ports.ts";
import type { VirtualTime } from "./time.ts";

/** Files move in real time, over sockets that virtual time does not watch: it stands still meanwhile. */
export function heldFiles(files: FileTransfer, time: VirtualTime): FileTransfer {
  return {
    protocols: files.protocols,
    download: (job) => time.hold(files.download(job)),
    upload: (job) => time.hold(files.upload(job)),
    find: (name) => time.hold(files.find(name)),
    remove: (name) => time.hold(files.remove(name)),
    close: () => files.close(),
    async *read(name) {
      const chunks = files.read(name)[Symbol.asyncIterator]();
      for (;;) {
        const next = await time.hold(chunks.next());
        if (next.done === true) return;
        yield next.value;
      }
    },
  };
}
