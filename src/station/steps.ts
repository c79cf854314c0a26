import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  initialTransition,
  type SnapshotFrom,
  transition,
} from "xstate";

/** What a step asks for: the name of an action of the machine, and its parameters. */
export interface Effect {
  readonly type: string;
  readonly params: unknown;
}

/** One state of a machine, the same object for everybody who is in it. */
export interface State<M extends AnyStateMachine> {
  readonly value: SnapshotFrom<M>["value"];
  /** A final state. */
  readonly done: boolean;
}

interface Step<M extends AnyStateMachine> {
  readonly to: Node<M>;
  readonly effects: readonly Effect[];
}

interface Node<M extends AnyStateMachine> extends State<M> {
  readonly snapshot: AnyMachineSnapshot;
  readonly steps: Map<string, Step<M>>;
}

/**
 * The steps of a machine whose next state follows from its state and the event's type alone: no context, no delays.
 * XState works out each step once in the life of the process; all stations share it, and a state costs them one
 * reference. An actor for each token and transaction took a fifth of a fleet's time and half of its garbage.
 */
export class Steps<M extends AnyStateMachine> {
  readonly start: State<M>;
  readonly #machine: M;
  readonly #nodes = new Map<string, Node<M>>();

  constructor(machine: M) {
    this.#machine = machine;
    this.start = this.#node(initialTransition(machine as AnyStateMachine)[0]);
  }

  next(from: State<M>, type: string): Step<M> {
    const node = from as Node<M>;
    const known = node.steps.get(type);
    if (known !== undefined) return known;
    const [snapshot, actions] = transition(this.#machine as AnyStateMachine, node.snapshot, { type });
    const effects = actions.map(({ type: name, params }) => ({ type: name, params }));
    const step = { to: this.#node(snapshot), effects };
    node.steps.set(type, step);
    return step;
  }

  #node(snapshot: AnyMachineSnapshot): Node<M> {
    const key = JSON.stringify(snapshot.value);
    let node = this.#nodes.get(key);
    if (node === undefined) {
      node = { value: snapshot.value, done: snapshot.status === "done", snapshot, steps: new Map() };
      this.#nodes.set(key, node);
    }
    return node;
  }
}

/** Who does what the steps ask for, by name; it gets the event that asked for it. */
type Doers = { readonly [name: string]: (event: never, params: never) => void };

/**
 * One way through a machine. An event that an effect causes waits until the step's other effects are done, as
 * statecharts want it. An effect that throws keeps neither the others nor the events that wait from being done: the
 * contactor opens although the end could not be told.
 */
export class Run<E extends { readonly type: string }> {
  readonly #steps: Steps<AnyStateMachine>;
  readonly #do: Doers;
  #state: State<AnyStateMachine>;
  #busy = false;
  #stopped = false;
  #waiting: E[] | undefined;

  constructor(steps: Steps<AnyStateMachine>, does: Doers) {
    this.#steps = steps;
    this.#do = does;
    this.#state = steps.start;
  }

  get value(): unknown {
    return this.#state.value;
  }

  get done(): boolean {
    return this.#state.done;
  }

  /** Nothing follows from any event any more. */
  stop(): void {
    this.#stopped = true;
  }

  /** @throws what the first effect threw, when all is done */
  send(event: E): void {
    if (this.#busy) {
      this.#waiting ??= [];
      this.#waiting.push(event);
      return;
    }
    this.#busy = true;
    const thrown: unknown[] = [];
    for (let e: E | undefined = event; e !== undefined && !this.#stopped; e = this.#waiting?.shift())
      this.#step(e, thrown);
    this.#busy = false;
    if (thrown.length > 0) throw thrown[0];
  }

  #step(event: E, thrown: unknown[]): void {
    const { to, effects } = this.#steps.next(this.#state, event.type);
    this.#state = to;
    for (const { type, params } of effects) {
      try {
        this.#do[type]?.(event as never, params as never);
      } catch (e) {
        thrown.push(e);
      }
    }
  }
}
