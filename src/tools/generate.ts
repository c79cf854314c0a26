import { generate, generatedFiles } from "./generated-files.ts";

const { message, exitCode } = await generate(generatedFiles, { check: process.argv.includes("--check") });
(exitCode === 0 ? process.stdout : process.stderr).write(`${message}\n`);
process.exitCode = exitCode;
