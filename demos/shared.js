/* What the demos of "Naming Dinosaurs" share: mathematics as in rnnlib, and parts of a page.
   1 Registry and data   2 Numbers   3 One time step   4 Sampling, distance   5 Elements
   6 Controls            7 Mounting
   A classic script: the page loads it as it is, rnnlib.demo puts it into a module for Jupyter, and
   the tests run sections 1 to 4 without any page. */
"use strict";

const Demos = (() => {
  /* 1  Registry and data --------------------------------------------------- */
  const all = {};
  const arrived = {}, waiting = {};

  /** Registers a demo: { title, mount(root, data), …functions that compute }. */
  const add = (name, demo) => { all[name] = demo; };

  /** Called by the file of a demo's data. */
  const data = (name, value) => {
    arrived[name] = value;
    for (const done of waiting[name] ?? []) done(value);
    delete waiting[name];
  };

  /* 2  Numbers ------------------------------------------------------------- */
  const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  const bytes = base64 => {
    const text = base64.replace(/=+$/, ""), out = new Uint8Array(Math.floor(text.length * 3 / 4));
    for (let i = 0, bits = 0, word = 0, n = 0; i < text.length; i++) {
      word = (word << 6 | SIGNS.indexOf(text[i])) & 0xffffff;
      bits += 6;
      if (bits >= 8) out[n++] = word >> (bits -= 8) & 255;
    }
    return out;
  };

  /** Numbers from little-endian float16 in base64. */
  const floats = base64 => {
    const raw = bytes(base64), out = new Float64Array(raw.length / 2);
    for (let i = 0; i < out.length; i++) {
      const half = raw[2 * i] | raw[2 * i + 1] << 8;
      const exponent = half >> 10 & 31, fraction = (half & 1023) / 1024;
      const size = exponent === 0 ? fraction * 2 ** -14
        : exponent === 31 ? (fraction ? NaN : Infinity) : (1 + fraction) * 2 ** (exponent - 15);
      out[i] = half >> 15 ? -size : size;
    }
    return out;
  };

  const sigmoid = a => 0.5 * Math.tanh(0.5 * a) + 0.5;
  const sum = values => values.reduce((a, b) => a + b, 0);
  const argmax = values => values.reduce((best, v, i) => (v > values[best] ? i : best), 0);

  const softmax = logits => {
    const top = Math.max(...logits), e = Float64Array.from(logits, z => Math.exp(z - top));
    const total = sum(e);
    return e.map(v => v / total);
  };

  const logSoftmax = logits => {
    const top = Math.max(...logits);
    const log = top + Math.log(sum(Float64Array.from(logits, z => Math.exp(z - top))));
    return Float64Array.from(logits, z => z - log);
  };

  /** x W + b for a row x and a matrix W, row by row in one array, with as many columns as b. */
  const linear = (x, W, b) => {
    const y = Float64Array.from(b), columns = y.length;
    for (let i = 0; i < x.length; i++) {
      if (x[i] === 0) continue;
      for (let j = 0, k = i * columns; j < columns; j++, k++) y[j] += x[i] * W[k];
    }
    return y;
  };

  /** x W */
  const times = (x, W) => linear(x, W, new Float64Array(W.length / x.length));

  /* 3  One time step --------------------------------------------------------
     A layer is { W_xh, W_hh, b_h } and, for a GRU, b_hn, with rnnlib's shapes and order of gates.
     x is the id of a symbol, whose row of W_xh is looked up, or a vector.  A state is { h } or
     { h, c }; a step returns the next one and what its gates were. */
  const inputProduct = (layer, x) => {
    if (typeof x !== "number") return linear(x, layer.W_xh, layer.b_h);
    const columns = layer.b_h.length;
    return layer.b_h.map((b, j) => b + layer.W_xh[x * columns + j]);
  };

  const gate = (a, k, H) => a.subarray(k * H, (k + 1) * H);

  const rnnStep = (layer, x, { h }) => {
    const a_h = times(h, layer.W_hh);
    return { h: inputProduct(layer, x).map((a, j) => Math.tanh(a + a_h[j])) };
  };

  const lstmStep = (layer, x, { h, c }) => {
    const H = h.length, a_h = times(h, layer.W_hh);
    const a = inputProduct(layer, x).map((v, j) => v + a_h[j]);
    const i = gate(a, 0, H).map(sigmoid), f = gate(a, 1, H).map(sigmoid);
    const g = gate(a, 2, H).map(Math.tanh), o = gate(a, 3, H).map(sigmoid);
    const next = c.map((v, j) => f[j] * v + i[j] * g[j]);
    return { h: next.map((v, j) => o[j] * Math.tanh(v)), c: next, i, f, g, o };
  };

  const gruStep = (layer, x, { h }) => {
    const H = h.length, a_x = inputProduct(layer, x), a_h = times(h, layer.W_hh);
    const a = a_x.map((v, j) => v + a_h[j]);
    const r = gate(a, 0, H).map(sigmoid), z = gate(a, 1, H).map(sigmoid);
    const [x_n, h_n] = [gate(a_x, 2, H), gate(a_h, 2, H)];
    const n = x_n.map((v, j) => Math.tanh(v + r[j] * (h_n[j] + layer.b_hn[j])));
    return { h: n.map((v, j) => v + z[j] * (h[j] - v)), r, z, n };
  };

  const STEPS = { rnn: rnnStep, lstm: lstmStep, gru: gruStep };

  /** A language model of one layer, as experiments/demo_weights.py packs it. */
  const network = ({ cell, hidden, ...packed }) => {
    const layer = {};
    for (const [name, text] of Object.entries(packed)) layer[name] = floats(text);
    return {
      cell, hidden, ...layer,
      start: () => ({ h: new Float64Array(hidden), c: new Float64Array(hidden) }),
      step: (x, state) => STEPS[cell](layer, x, state),
      logits: state => linear(state.h, layer.W_hy, layer.b_y),
    };
  };

  /* 4  Sampling, distance --------------------------------------------------- */
  /** A generator of numbers in [0, 1) from a seed (mulberry32). */
  const random = seed => () => {
    seed = seed + 0x6d2b79f5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };

  /** Draws an id: where a uniform number falls among the sums. */
  const sample = (p, uniform) => {
    const mark = uniform() * sum(p);
    let before = 0;
    for (let i = 0; i < p.length; i++) if ((before += p[i]) > mark) return i;
    return argmax(p); // the last sum is rounded down
  };

  /** rnnlib.next_symbol_distribution: what the next symbol is drawn from. */
  const distribution = (logits, { temperature = 1, topK = null, topP = null } = {}) => {
    if (temperature === 0) {
      const best = argmax(logits);
      return Float64Array.from(logits, (_, i) => Number(i === best));
    }
    const top = Math.max(...logits);
    const p = softmax(Float64Array.from(logits, z => (z - top) / temperature));
    const order = Array.from(p.keys()).sort((i, j) => p[j] - p[i]); // stable: equals stay in order
    const kept = new Float64Array(p.length);
    let before = 0;
    order.forEach((id, rank) => {
      const cut = (topP !== null && topP < 1 && before >= topP) || (topK !== null && rank >= topK);
      if (!cut) kept[id] = p[id];
      before += p[id];
    });
    const total = sum(kept);
    return kept.map(v => v / total);
  };

  /** Levenshtein's distance: the fewest letters to insert, delete or replace. */
  const editDistance = (a, b) => {
    let row = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
      }
      row = next;
    }
    return row[b.length];
  };

  /** The first of the names that are nearest to a name, and its distance. */
  const nearest = (name, names) => {
    let best = null, distance = Infinity;
    for (const other of names) {
      if (Math.abs(other.length - name.length) >= distance) continue;
      const d = editDistance(name, other);
      if (d < distance) [best, distance] = [other, d];
    }
    return { name: best, distance };
  };

  /* 5  Elements ------------------------------------------------------------- */
  const fill = (element, attrs, children) => {
    for (const [key, value] of Object.entries(attrs ?? {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith("on")) element.addEventListener(key.slice(2).toLowerCase(), value);
      else element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.flat().filter(c => c !== null && c !== undefined));
    return element;
  };

  /** el("p", { class: "…", onClick: … }, "text", child, …) */
  const el = (tag, attrs, ...children) => fill(document.createElement(tag), attrs, children);
  const svg = (tag, attrs, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attrs, children);

  let count = 0;
  const uniqueId = () => `demo-${++count}`;

  /** Returns say(text): a screen reader reads the text when it pauses. */
  const live = root => {
    const region = el("p", { class: "demo-hidden", role: "status", "aria-live": "polite" });
    root.append(region);
    let timer;
    return text => { // only where dragging ends
      clearTimeout(timer);
      timer = setTimeout(() => { region.textContent = text; }, 400);
    };
  };

  /** Does the reader want no motion? */
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  /* 6  Controls ------------------------------------------------------------- */
  /* Each is an element with set(value), which does not call onInput. */
  const slider = ({ label, min, max, step, value, format = String, onInput }) => {
    const id = uniqueId(), output = el("output", { class: "demo-value", for: id });
    const input = el("input", { type: "range", id, min, max, step, value });
    const show = () => {
      output.textContent = format(Number(input.value));
      input.setAttribute("aria-valuetext", output.textContent);
    };
    input.addEventListener("input", () => { show(); onInput(Number(input.value)); });
    show();
    const root = el("div", { class: "demo-control demo-slider" },
      el("label", { for: id }, label), output, input);
    return Object.assign(root, { input, set(v) { input.value = v; show(); } });
  };

  /** Radio buttons side by side; options are values or [value, label]. */
  const choice = ({ label, options, value, onInput }) => {
    const name = uniqueId(), inputs = new Map();
    const buttons = options.map(option => {
      const [v, text] = Array.isArray(option) ? option : [option, String(option)];
      const input = el("input", { type: "radio", name, onChange: () => onInput(v) });
      inputs.set(v, input);
      return el("label", null, input, el("span", null, text));
    });
    const set = v => { for (const [key, input] of inputs) input.checked = key === v; };
    set(value);
    const root = el("fieldset", { class: "demo-control demo-choice" },
      el("legend", null, label), el("div", { class: "demo-options" }, buttons));
    return Object.assign(root, { set });
  };

  const button = (label, onClick, attrs) =>
    el("button", { type: "button", class: "demo-button", onClick, ...attrs }, label);

  const textBox = ({ label, value = "", placeholder, maxLength, onInput, onEnter }) => {
    const id = uniqueId();
    const input = el("input", {
      type: "text", id, placeholder, maxlength: maxLength,
      autocomplete: "off", autocapitalize: "off", autocorrect: "off", spellcheck: "false",
    });
    input.value = value;
    input.addEventListener("input", () => onInput?.(input.value));
    input.addEventListener("keydown", e => { if (e.key === "Enter") onEnter?.(input.value); });
    const root = el("div", { class: "demo-control demo-text" },
      el("label", { for: id }, label), input);
    return Object.assign(root, { input, set(v) { input.value = v; } });
  };

  /** Upright bars, one for each item { label, value, faint }: value is full, faint outlined behind.
      describe(items) says it in words; update(items, top) draws it anew. */
  const bars = ({ describe, kind = "network" }) => {
    const root = el("div", { class: `demo-bars demo-${kind}`, role: "img" });
    const update = (items, top = Math.max(...items.flatMap(i => [i.value, i.faint ?? 0]))) => {
      const share = v => `${(100 * Math.min(1, v / top)).toFixed(2)}%`;
      root.setAttribute("aria-label", describe(items));
      if (root.children.length !== items.length) {
        root.replaceChildren(...items.map(() => el("div", { class: "demo-bar" },
          el("div", { class: "demo-track" }, el("i"), el("b")), el("span"))));
      }
      items.forEach(({ label, value, faint, marked }, i) => {
        const column = root.children[i], [back, front] = column.firstChild.children;
        back.style.height = share(faint ?? 0);
        front.style.height = share(value);
        column.classList.toggle("marked", !!marked);
        column.lastChild.textContent = label;
      });
    };
    return Object.assign(root, { update });
  };

  /* 7  Mounting ------------------------------------------------------------- */
  /** Fills an element with a demo; keeps what it held if the demo cannot start. */
  const mount = (name, root, value) => {
    const { title, mount: build } = all[name];
    const stage = el("div", { class: "demo-stage" });
    const heading = el("p", { class: "demo-title", id: uniqueId() }, title);
    build(stage, value);
    root.classList.add("demo", "demo-on");
    fill(root, { "data-demo": name, role: "group", "aria-labelledby": heading.id }, []);
    root.replaceChildren(heading, stage);
  };

  const load = (name, folder, done) => {
    if (name in arrived) { done(arrived[name]); return; }
    if (name in waiting) { waiting[name].push(done); return; }
    waiting[name] = [done];
    document.head.append(el("script", { src: `${folder}data/${name}.js` }));
  };

  /** On a page: mounts each demo when it comes near the screen. */
  const start = folder => {
    const near = new IntersectionObserver(entries => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        load(target.dataset.demo, folder, value => mount(target.dataset.demo, target, value));
      }
    }, { rootMargin: "800px" });
    const find = () => {
      for (const root of document.querySelectorAll(".demo[data-demo]:not(.demo-on)")) {
        if (root.dataset.demo in all) near.observe(root);
      }
    };
    find();
    new MutationObserver(find).observe(document.querySelector("main") ?? document.body,
      { childList: true, subtree: true }); // a cell that is run in the page shows its demo anew
  };

  if (typeof document !== "undefined" && document.currentScript?.src) {
    const folder = document.currentScript.src.replace(/[^/]*$/, "");
    document.addEventListener("DOMContentLoaded", () => start(folder)); // all demos are added
  }

  return {
    all, add, data, load, mount, floats, sigmoid, sum, argmax, softmax, logSoftmax, linear, times,
    rnnStep, lstmStep, gruStep, network, random, sample, distribution, editDistance, nearest,
    el, svg, uniqueId, live, calm, slider, choice, button, textBox, bars,
  };
})();
