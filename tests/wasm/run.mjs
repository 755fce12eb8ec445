// Runs the verifier of a module: `node run.mjs MODULE CLAIMS PROOF`. Prints how long it takes, and fails if it does not accept the
// proof that it holds, or accepts another one.
import { readFileSync } from "node:fs";

const [module, claims, proof] = process.argv.slice(2).map((path) => readFileSync(path));

// A new instance each time, as a page that verifies one proof has it. A trap is an exception here.
async function verified(bytes) {
  const { instance } = await WebAssembly.instantiate(bytes, {});
  const start = performance.now();
  const code = instance.exports.main(0, 0);
  return { code, milliseconds: performance.now() - start, pages: instance.exports.memory.buffer.byteLength / 65536 };
}

// The module in which a bit of the claims or of the proof is another one.
function changed(part, at) {
  const start = module.indexOf(part);
  if (start < 0 || module.indexOf(part, start + 1) >= 0) throw new Error("the module does not hold the file once");
  const bytes = Buffer.from(module);
  bytes[start + at] ^= 1;
  return bytes;
}

let best = Infinity;
let pages = 0;
for (let i = 0; i < 5; i++) {
  const result = await verified(module);
  if (result.code !== 0) throw new Error(`the honest proof is refused: exit code ${result.code}`);
  best = Math.min(best, result.milliseconds);
  pages = result.pages;
}
let refused = 0;
for (const [name, part, places] of [["proof", proof, 24], ["claims", claims, 8]]) {
  for (let i = 0; i < places; i++) {
    const at = Math.floor((i * (part.length - 1)) / (places - 1));
    const { code } = await verified(changed(part, at));
    if (code !== 1 && code !== 2) throw new Error(`bit 0 of byte ${at} of the ${name} changed: exit code ${code}`);
    if (name === "proof" && code !== 1) throw new Error(`a changed proof: exit code ${code}`);
    refused++;
  }
}
console.log(
  `${best.toFixed(1)} ms, memory ${(pages / 16).toFixed(1)} MiB, module ${(module.length / 1024).toFixed(0)} KiB` +
    ` with a proof of ${(proof.length / 1024).toFixed(0)} KiB; ${refused} changed ones refused`,
);
