#!/usr/bin/env node
import { reportError } from "./cli/errors.ts";
import { runCli } from "./cli/index.ts";
import type { Io, StopReason } from "./cli/io.ts";
import { AppError, exitCodeOf } from "./util/errors.ts";

const stopping = new AbortController();

function stop(reason: StopReason): void {
  if (!stopping.signal.aborted) stopping.abort(reason);
}

const io: Io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: stopping.signal,
  stop,
  now: () => Date.now(),
};

/** The first signal asks for a clean stop, the second one does not wait for it. */
function onSignal(name: "SIGINT" | "SIGTERM" | "SIGHUP"): void {
  if (stopping.signal.aborted) process.exit(name === "SIGTERM" ? 143 : 130);
  stop(name);
}

for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => onSignal(name));

let unwritable: AppError | undefined;

/** Whoever read our output has gone (`tapstation log | head`): there is nobody left to talk to. */
function onOutputError(e: NodeJS.ErrnoException): void {
  if (e.code !== "EPIPE" && !stopping.signal.aborted) {
    unwritable = new AppError("store.writeFailed", `The output cannot be written: ${e.message}`, {
      hint: "Is the disk full that it goes to?",
    });
  }
  stop("outputClosed");
}

process.stdout.on("error", onOutputError);
process.stderr.on("error", onOutputError);

/** So long what is under way has to come to an end after a fault of ours, ms. */
const AFTER_CRASH_MS = 30_000;
let crashCode: number | undefined;

/** Told once; then as on a signal, so that reports are written and the hardware is left well. */
function onCrash(e: unknown): void {
  if (crashCode !== undefined) return;
  const verbose = process.argv.includes("--verbose") || (process.env.DEBUG ?? "") !== "";
  const code = reportError(e, io, verbose);
  if (stopping.signal.aborted) process.exit(code);
  crashCode = code;
  // Where what awaits the end is lost, the process ends by itself.
  process.exitCode = code;
  stop("fault of tapstation");
  setTimeout(() => process.exit(code), AFTER_CRASH_MS).unref();
}

process.on("uncaughtException", onCrash);
process.on("unhandledRejection", onCrash);

const code = await runCli(process.argv.slice(2), io);
const interrupted = stopping.signal.reason === "SIGINT" || stopping.signal.reason === "SIGHUP";
if (unwritable !== undefined) reportError(unwritable, io, false);
process.exitCode =
  crashCode ??
  (unwritable !== undefined
    ? exitCodeOf(unwritable)
    : code === 0 && stopping.signal.aborted && interrupted
      ? 130
      : code);
