/**
 * A thread beside the child's main thread, which may sit inside a native call for ever: ends the child when the
 * process that started it is gone, whatever the main thread does.
 */
import { workerData } from "node:worker_threads";

const parent: unknown = workerData;

function parentLives(): boolean {
  if (typeof parent !== "number" || process.ppid !== parent) return false;
  try {
    process.kill(parent, 0);
    return true;
  } catch {
    return false;
  }
}

setInterval(() => {
  if (!parentLives()) process.kill(process.pid, "SIGKILL");
}, 500);
