// The package's public types as one text: every declaration that an entry exports, and every one those speak of.
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Comment and declaration of each top-level name of a file, and what the file imports. */
function parsed(path) {
  const imports = [];
  const declarations = new Map();
  // A statement of tsc's begins at the left edge, as does the comment before it, and nothing else does but closing braces.
  for (const [statement] of readFileSync(path, "utf8").matchAll(/^(?:\/\*\*[^]*?\*\/\n)?(?:import|export)\b[^]*?(?=\n(?:import|export|\/\*\*)|\n*$(?![^]))/gm)) {
    const from = /from "(\.[^"]+)";?\s*$/.exec(statement)?.[1];
    if (from) imports.push(join(dirname(path), from.replace(/\.tsx?$/, ".d.ts")));
    const name = /^export (?:declare )?(?:const enum|interface|type|const|function|class|enum) (\w+)/m.exec(statement)?.[1];
    if (name) declarations.set(name, statement.trimEnd());
  }
  return { imports, declarations };
}

/** The surface of the entries below `types`. */
export function surface(types, entries) {
  const files = new Map();
  const visit = (path) => {
    if (files.has(path)) return;
    const file = parsed(path);
    files.set(path, file);
    file.imports.forEach(visit);
  };
  const heads = entries.map((entry) => join(types, entry));
  heads.forEach(visit);

  const exported = (path) => [...readFileSync(path, "utf8").matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names]) => names.split(",").map((name) => name.trim()));
  const told = new Set(heads.flatMap((path) => [...files.get(path).declarations.keys(), ...exported(path)]));
  for (let grew = true; grew; ) {
    grew = false;
    for (const { declarations } of files.values()) {
      for (const [name, text] of declarations) {
        const isSpokenOf = [...files.values()].some((file) => [...file.declarations].some(([other, said]) => other !== name && told.has(other) && new RegExp(`\\b${name}\\b`).test(code(said))));
        if (!told.has(name) && text && isSpokenOf) grew = !!told.add(name);
      }
    }
  }
  const parts = [];
  for (const path of [...files.keys()].sort()) {
    const said = [...files.get(path).declarations].filter(([name]) => told.has(name)).map(([, text]) => text);
    const again = heads.includes(path) ? exported(path).sort().map((name) => `export { ${name} }`) : [];
    if (said.length + again.length) parts.push([`// ${relative(types, path)}`, ...said, ...again].join("\n"));
  }
  return `// What @eyeline/web exports. Written by \`cargo xtask web --bless\`.\n\n${parts.join("\n\n")}\n`;
}

const code = (text) => text.replace(/\/\*[^]*?\*\//g, "");

const [types, ...entries] = process.argv.slice(2);
process.stdout.write(surface(types, entries));
