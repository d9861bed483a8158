/* Naming Dinosaurs, live Python: fetching it, starting it, stopping it. */
"use strict";

Live.assets = new Map(); /* name → bytes, once a script has brought them */
Live.waiting = new Map();
Live.root = new URL(".", document.currentScript?.src ?? location.href);
Live.host = "cdn.jsdelivr.net";

/* Called by the scripts that tools/live.py writes, with a file as text. */
Live.file = (name, zipped, text) => {
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const unzip = () => new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  Live.assets.set(name, zipped ? unzip().then(buffer => new Uint8Array(buffer)) : Promise.resolve(bytes));
};

Live.script = path => new Promise((done, fail) => {
  const script = document.createElement("script");
  script.src = new URL(path, Live.root);
  script.onload = () => { script.remove(); done(); };
  script.onerror = () => fail(new Error(`${path} could not be loaded. Is the folder _static complete?`));
  document.head.append(script);
});

/* What is next to the page: null if Python is not. */
Live.sizes = async () => {
  if (!Live.runtime) await Live.script("live/manifest.js");
  return Live.runtime.files;
};
Live.megabytes = sizes => Math.round(Object.values(sizes).reduce((a, b) => a + b, 0) / 1e6);

/* Load files of one kind, one script after the other, and tell how far it is. */
Live.load = async (kind, tell) => {
  const sizes = (await Live.sizes())[kind], total = Object.values(sizes).reduce((a, b) => a + b, 0);
  let done = 0;
  for (const [name, size] of Object.entries(sizes)) {
    tell(`Loading ${Math.round(total / 1e6)} MB from this folder`, done / total);
    if (!Live.assets.has(name)) await Live.script(`live/${name}.js`);
    done += size;
  }
  const named = await Promise.all(Object.keys(sizes).map(async name => [name, await Live.assets.get(name)]));
  return Object.fromEntries(named);
};

/* One Python in a worker.  `heard` gets each message; `tell` stages of loading with their share. */
Live.Python = class {
  constructor(online, heard, tell) {
    Object.assign(this, { online, heard, tell });
    this.ready = this.start().catch(error => { this.end(); throw error; });
  }

  async start() {
    if (!Live.worker) await Live.script("live_worker.js");
    if (!Live.assets.has("rnnlib.zip")) await Live.script("live/rnnlib.js");
    const assets = this.online ? null : await Live.load("core", this.tell);
    this.tell(this.online ? `Loading about 10 MB from ${Live.host}` : "Starting Python", this.online ? null : 1);
    const book = await Live.assets.get("rnnlib.zip");
    const parts = assets ? [assets["pyodide.asm.js"], "\n", assets["pyodide.js"], "\n"] : [];
    const source = URL.createObjectURL(new Blob([...parts, `const Live = {}; (${Live.worker})();`], { type: "text/javascript" }));
    if (this.ended) throw new Error("stopped");
    this.worker = new Worker(source);
    return new Promise((done, fail) => {
      this.fail = fail;
      this.worker.onerror = event => fail(new Error(event.message || "The worker could not start."));
      this.worker.onmessage = async ({ data }) => {
        if (data.type === "ready") { URL.revokeObjectURL(source); this.stops = data.stops; done(); }
        else if (data.type === "stage") this.tell(data.text, 1);
        else if (data.type === "figures") this.worker.postMessage({ type: "figures", assets: await Live.load("figures", this.tell) });
        else if (data.type === "broken") { fail(new Error(data.text)); this.heard(data); }
        else this.heard(data);
      };
      const index = this.online ? `https://${Live.host}/pyodide/v${Live.runtime.version}/full/` : "https://files.invalid/";
      this.shared = self.crossOriginIsolated ? new Int32Array(new SharedArrayBuffer(4)) : null;
      this.worker.postMessage({ type: "start", index, assets, book: book.buffer, shared: this.shared });
    });
  }

  /* Run the last of some cells, after those above it that it needs. */
  run(cells) { this.worker.postMessage({ type: "run", cells }); }

  /* Raise KeyboardInterrupt, where that can be done; say whether. */
  interrupt() {
    if (this.shared) this.shared[0] = 2;
    else if (this.stops) this.worker.postMessage({ type: "stop" });
    return Boolean(this.stops);
  }

  end() {
    this.ended = true;
    this.worker?.terminate();
    this.fail?.(new Error("stopped"));
  }
};
