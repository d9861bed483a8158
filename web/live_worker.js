/* Naming Dinosaurs, live Python: what runs in the worker.  `web/live.js` makes a worker of this
   function's text, since a page opened as a file may not load a worker from one. */
"use strict";
Live.worker = function () {
  "use strict";
  const tell = message => self.postMessage(message);
  const files = new Map();
  let python, session, offline, figures = false;

  /* Without a network, what Pyodide asks for comes out of the scripts that the page has loaded. */
  const types = { wasm: "application/wasm", json: "application/json" };
  const answer = async request => {
    const name = String(request.url ?? request).split("/").pop();
    if (!files.has(name)) throw new Error(`${name} is not among the files of this page`);
    const type = types[name.split(".").pop()] ?? "application/octet-stream";
    return new Response(files.get(name), { headers: { "Content-Type": type } });
  };

  /* What cells print is collected, and told at most 20 times a second. */
  let cell, printed = [], told = 0;
  const flush = () => {
    if (printed.length) tell({ type: "output", cell, parts: printed });
    printed = []; told = performance.now();
  };
  const send = (kind, text) => {
    const last = printed.at(-1);
    if (last?.kind === kind && kind.startsWith("std")) last.text += text; else printed.push({ kind, text });
    if (performance.now() - told > 50) flush();
  };

  /* Pyodide reads element 0 of an array now and then as the number of a signal.  Where memory is
     shared with the page it is a real array.  Elsewhere the page can only send messages, and those
     are read between cells: so signal 10, three times a second, makes Python wait for one (where
     the browser can switch stacks), and signal 2 then is the reader's wish to interrupt. */
  let wanted = false, next = 0;
  const signals = {
    get 0() {
      if (wanted) { wanted = false; return 2; }
      if (performance.now() < next) return 0;
      next = performance.now() + 300;
      return 10;
    },
    set 0(value) {},
  };
  const breathe = () => new Promise(done => setTimeout(done));

  const start = async ({ index, assets, book, shared }) => {
    offline = assets !== null;
    if (offline) { add(assets); self.fetch = answer; } else importScripts(`${index}pyodide.js`);
    tell({ type: "stage", text: "Starting Python" });
    python = await loadPyodide({ indexURL: index, stdout: () => {}, stderr: () => {} });
    tell({ type: "stage", text: "Starting NumPy" });
    await python.loadPackage("numpy", { messageCallback: () => {} });
    python.registerJsModule("live_page", { send, breathe });
    python.FS.mkdirTree("/home/book/chapters");
    python.unpackArchive(book, "zip", { extractDir: "/home/book" });
    session = python.runPython(`
      import os, sys
      os.environ.update(MPLBACKEND="module://live_backend", OPENBLAS_NUM_THREADS="1")
      os.chdir("/home/book/chapters")
      sys.path[:0] = ["/home/book", "/home/book/stand_ins"]
      import live_page, rnnlib
      from live_session import Session
      Session(live_page.send)`);
    const switches = python.runPython(`
      import signal
      from pyodide.ffi import can_run_sync, run_sync
      signal.signal(signal.SIGUSR1, lambda *_: can_run_sync() and run_sync(live_page.breathe()))
      1`) && "Suspending" in WebAssembly;
    if (shared) python.setInterruptBuffer(shared); else if (switches) python.setInterruptBuffer(signals);
    tell({ type: "ready", stops: Boolean(shared || switches) });
  };
  const add = assets => { for (const [name, bytes] of Object.entries(assets)) files.set(name, bytes); };

  let drawn = null;  /* called when the page has loaded Matplotlib */
  const needFigures = async cells => {
    if (figures || !cells.some(c => /\b(matplotlib|plots|plt)\b/.test(c.source))) return;
    if (offline) { tell({ type: "figures" }); add(await new Promise(done => { drawn = done; })); }
    tell({ type: "stage", text: "Starting Matplotlib" });
    await python.loadPackage("matplotlib", { messageCallback: () => {} });
    figures = true;
  };

  const run = async ({ cells }) => {
    const target = cells.at(-1);
    const [before, needed, out] = JSON.parse(session.plan(JSON.stringify(cells)));
    tell({ type: "plan", cell: target.id, before: before.map(i => cells[i].id), out: out.map(i => cells[i].id) });
    const queue = [...before.map(i => cells[i]), target];
    await needFigures(queue);
    wanted = false;
    for (const one of queue) {
      cell = one.id;
      tell({ type: "running", cell, count: queue.indexOf(one) + 1, of: queue.length });
      const began = performance.now(), state = await session.run.callPromising(one.source);
      flush();
      tell({ type: "ran", cell, state, seconds: (performance.now() - began) / 1000, needed: needed.includes(cells.indexOf(one)) });
      if (state === "interrupted" || (state === "failed" && needed.includes(cells.indexOf(one)))) break;
    }
    tell({ type: "finished", cell: target.id });
  };

  self.onmessage = async ({ data }) => {
    try {
      if (data.type === "start") await start(data);
      else if (data.type === "stop") wanted = true;
      else if (data.type === "figures") drawn(data.assets);
      else await run(data);
    } catch (error) { tell({ type: "broken", text: String(error?.message ?? error) }); }
  };
};
