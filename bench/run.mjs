// Runs the benchmarks and prints a table. `npm run bench -- start wire fleet` runs some of them.
import { benchmarks } from "./table.mjs";

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(", ")}. There are ${Object.keys(benchmarks).join(", ")}.`,
  );
  process.exit(2);
}
for (const [name, { title, run }] of Object.entries(benchmarks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${title}`);
  for (const { what, value, target } of await run()) {
    console.log(`  ${what.padEnd(62)} ${value}${target === undefined ? "" : `   (target ${target})`}`);
  }
}
