// Python in a process of its own: the page stays alive, and can stop it.
importScripts("pyodide/pyodide.js");

let python;

async function start() {
  python = await loadPyodide({ indexURL: "pyodide/" });
  await python.loadPackage("numpy", { messageCallback: () => {} });
  for (const archive of ["parity.zip", "project.zip"]) {
    const answer = await fetch(archive);
    python.unpackArchive(await answer.arrayBuffer(), "zip", { extractDir: "/home/pyodide" });
  }
  python.runPython(await (await fetch("run.py")).text());
  return python.runPython("import sys, numpy; f'Python {sys.version.split()[0]}, NumPy {numpy.__version__}'");
}

const calls = {
  start,
  run: async ({ lines, before, sources, project, folder }) => {
    for (const text of [before, lines]) {
      // What does not parse says so when it is run.
      await python.loadPackagesFromImports(text, { messageCallback: () => {} }).catch(() => {});
    }
    const run = python.globals.get("run");
    return JSON.parse(run(lines, before, python.toPy(sources), python.toPy(project), folder));
  },
  judge: ({ values, stopped, rtol, atol, language, names }) => {
    const judge = python.globals.get("judge");
    return JSON.parse(judge(python.toPy(values), stopped, rtol, atol, language, python.toPy(names)));
  },
};

self.onmessage = async ({ data: { id, call, given } }) => {
  try {
    self.postMessage({ id, value: await calls[call](given) });
  } catch (error) {
    self.postMessage({ id, error: String(error.message || error) });
  }
};
