import { createHash } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const SOURCE = import.meta.dirname;
const LICENSES = "LICENSES.md";

const files = (folder) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => entry.name)
    .sort();

const digests = (folder, names) =>
  Object.fromEntries(
    names.map((name) => [name, createHash("sha256").update(readFileSync(join(folder, name))).digest("hex")]),
  );

/** The chunks that a chunk needs before it runs, itself last. */
const loaded = (bundle, name, seen = new Set()) => {
  for (const needed of bundle[name].imports) if (!seen.has(needed)) loaded(bundle, needed, seen);
  return seen.add(name);
};

/** Store what was built compressed, beside a manifest that says what it was built from. */
export const pack = () => ({
  name: "pack",
  writeBundle({ dir }, bundle) {
    const entry = Object.values(bundle).find((chunk) => chunk.isEntry);
    const chunks = [...loaded(bundle, entry.fileName)];
    const names = files(dir).filter((name) => name !== LICENSES);
    const manifest = {
      script: entry.fileName,
      preload: chunks.slice(0, -1),
      styles: chunks.flatMap((name) => [...bundle[name].viteMetadata.importedCss]),
      assets: digests(dir, names),
      sources: digests(SOURCE, files(SOURCE)),
    };
    for (const name of names) {
      const path = join(dir, name);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
      rmSync(path);
    }
    writeFileSync(join(dir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    appendFileSync(join(dir, LICENSES), readFileSync(join(SOURCE, "NOTICES.md")));
  },
});
