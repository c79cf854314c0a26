import type { StepKind } from "../step.ts";
import { clock } from "./clock.ts";
import { csms } from "./csms.ts";
import { ev } from "./ev.ts";
import { expect } from "./expect.ts";
import { fault } from "./fault.ts";
import { forEach } from "./for-each.ts";
import { hold } from "./hold.ts";
import { include } from "./include.ts";
import { lock } from "./lock.ts";
import { meter } from "./meter.ts";
import { network } from "./network.ts";
import { parallel } from "./parallel.ts";
import { plug, unplug } from "./plug.ts";
import { power } from "./power.ts";
import { prompt } from "./prompt.ts";
import { reader } from "./reader.ts";
import { remove } from "./remove.ts";
import { repeat } from "./repeat.ts";
import { restart } from "./restart.ts";
import { send } from "./send.ts";
import { set } from "./set.ts";
import { shell } from "./shell.ts";
import { tap } from "./tap.ts";
import { transfer } from "./transfer.ts";
import { wait } from "./wait.ts";

const kinds: Readonly<Record<string, StepKind>> = {
  tap,
  hold,
  remove,
  plug,
  unplug,
  expect,
  wait,
  csms,
  network,
  power,
  restart,
  reader,
  fault,
  lock,
  meter,
  ev,
  set,
  send,
  transfer,
  clock,
  repeat,
  "for-each": forEach,
  parallel,
  include,
  shell,
  prompt,
};

/** Every kind of step, by the key that names it. What a file calls "constructor" is none. */
export const stepKinds: typeof kinds = Object.assign(Object.create(null), kinds);
