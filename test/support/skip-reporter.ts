import type { Reporter, TestModule } from "vitest/node";

/** Says at the end what was skipped, why, and which command would enable it: suites carry it in their names. */
export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const reasons = new Map<string, number>();
    for (const module of modules) {
      for (const test of module.children.allTests("skipped")) {
        const named = /skipped: (.*?)\)?(?: > |$)/.exec(test.fullName)?.[1];
        const reason = named ?? `no reason given: ${module.relativeModuleId} > ${test.fullName}`;
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    }
    for (const [reason, count] of reasons) console.log(`${count} tests skipped: ${reason}`);
  }
}
