/* Blame on its way back through time: where the loss is taken, how far it may go, and six bugs.
   Chapter 6. */
"use strict";

Demos.add("blame", (() => {
  const PADDING = 3; // what a longer name in the same batch would add
  const LIMIT = 1e-7;
  const PARAMS = ["W_xh", "W_hh", "b_h", "W_hy", "b_y"];
  const BUGS = ["no bug", "future forgotten", "tanh twice", "one step off", "not transposed", "overwritten", "mask forgotten"];

  /** A padded name: ids to read, ids to say, and which surprises count: all, or that of one step. */
  const encode = (name, symbols, at = null) => {
    const x = [...`\n${name}`].map(s => symbols.indexOf(s)), T = x.length;
    const y = [...x.slice(1), 0], padding = new Array(PADDING).fill(0);
    const mask = [...y.map((_, t) => Number(at === null || t === at)), ...padding];
    return { x: [...x, ...padding], y: [...y, ...padding], mask, T };
  };

  /** States, the first before any letter, and probabilities. */
  const forward = (p, x) => {
    const hs = [new Float64Array(p.b_h.length)], probs = [];
    for (const id of x) {
      hs.push(Demos.rnnStep(p, id, { h: hs[hs.length - 1] }).h);
      probs.push(Demos.softmax(Demos.linear(hs[hs.length - 1], p.W_hy, p.b_y)));
    }
    return { hs, probs };
  };

  /** The sum of the surprises that count; hs are its states, if they are known. */
  const loss = (p, { x, y, mask }, hs = null) => {
    let h = new Float64Array(p.b_h.length), total = 0;
    for (let t = 0; t <= mask.lastIndexOf(1); t++) {
      h = hs ? hs[t + 1] : Demos.rnnStep(p, x[t], { h }).h;
      if (mask[t]) total -= Demos.logSoftmax(Demos.linear(h, p.W_hy, p.b_y))[y[t]];
    }
    return total;
  };

  /** M v, or with transposed M^T v, for a square or flat matrix with as many columns as v. */
  const back = (M, v) => {
    const out = new Float64Array(M.length / v.length);
    for (let i = 0, k = 0; i < out.length; i++) for (let j = 0; j < v.length; j++, k++) out[i] += M[k] * v[j];
    return out;
  };

  const outer = (G, a, b, row = 0) => {
    for (let i = 0, k = row * b.length; i < a.length; i++) for (let j = 0; j < b.length; j++, k++) G[k] += a[i] * b[j];
  };

  /** deltas[t][s]: what a_s gets from the output of step t, for s from t back to t - k + 1. */
  const wayBack = (p, { x, y, mask }, { hs, probs }, { k = Infinity, bug = "no bug" } = {}) => {
    const dzs = probs.map((q, t) => q.map((v, i) => (v - Number(i === y[t])) * (bug === "mask forgotten" ? 1 : mask[t])));
    const slopes = hs.slice(1).map(h => h.map(v => 1 - (bug === "tanh twice" ? Math.tanh(v) ** 2 : v * v)));
    const reach = bug === "future forgotten" ? 1 : k;
    const deltas = x.map((_, t) => {
      const row = new Array(x.length).fill(null);
      let dh = back(p.W_hy, dzs[t]);
      for (let s = t; s >= 0 && t - s < reach; s--) {
        row[s] = dh.map((v, i) => v * slopes[s][i]);
        dh = bug === "not transposed" ? Demos.times(row[s], p.W_hh) : back(p.W_hh, row[s]);
      }
      return row;
    });
    return { dzs, deltas };
  };

  const add = (a, b) => (b ? a.map((v, i) => v + b[i]) : a);
  const length = v => (v ? Math.hypot(...v) : 0);

  /** Delta of each step, over the outputs that send it blame. */
  const totals = (deltas, H) =>
    deltas.map((_, s) => deltas.reduce((sum, row) => add(sum, row[s]), new Float64Array(H)));

  /** The gradients of all parameters, by the way back with one of the bugs. */
  const gradients = (p, name, states, { dzs, deltas }, bug = "no bug") => {
    const grads = Object.fromEntries(PARAMS.map(key => [key, new Float64Array(p[key].length)]));
    const das = totals(deltas, p.b_h.length);
    das.forEach((da, t) => {
      outer(grads.W_hy, states.hs[t + 1], dzs[t]);
      grads.b_y = add(grads.b_y, dzs[t]);
      outer(grads.W_xh, [1], da, name.x[t]);
      outer(grads.W_hh, states.hs[bug === "one step off" ? t + 1 : t], da);
      grads.b_h = add(grads.b_h, da);
    });
    if (bug === "overwritten") grads.b_h = das[0]; // the way back ends with the first step
    return grads;
  };

  /** Central differences of all parameters; yields now and then, so that a page stays awake. */
  function* differences(p, name, step = 1e-5) {
    const grads = {}, H = p.b_h.length, { hs } = forward(p, name.x);
    const read = new Set(name.x.map((id, t) => (t <= name.mask.lastIndexOf(1) ? id : null)));
    for (const key of PARAMS) {
      const w = p[key], g = grads[key] = new Float64Array(w.length);
      const known = key === "W_hy" || key === "b_y" ? hs : null; // they do not touch the states
      for (let i = 0; i < w.length; i++) {
        if (key === "W_xh" && !read.has(Math.floor(i / H))) continue; // a letter that is not read
        const middle = w[i];
        w[i] = middle + step;
        const above = loss(p, name, known);
        w[i] = middle - step;
        g[i] = (above - loss(p, name, known)) / (2 * step);
        w[i] = middle;
        if (i % 32 === 31) yield null;
      }
    }
    return grads;
  }

  const numerical = (p, name) => {
    const work = differences(p, name);
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
    }
  };

  /** The length of the difference, over the longer of the two lengths. */
  const relativeError = (a, b) => {
    const longer = Math.max(length(a), length(b));
    return longer ? length(a.map((v, i) => v - b[i])) / longer : 0;
  };

  const errors = (found, right) => Object.fromEntries(PARAMS.map(key => [key, relativeError(found[key], right[key])]));

  /** What the pattern of the errors says. */
  const verdict = (off, cut) => {
    const wrong = PARAMS.filter(key => off[key] > LIMIT);
    if (!wrong.length) return "Sound: all five gradients agree with the differences.";
    if (wrong.includes("W_hy") || wrong.includes("b_y")) return "The output layer is wrong too: look before the way back begins.";
    if (wrong.length === 1) return `Only ${wrong[0]} is wrong: look at the line that collects its gradient.`;
    return `The output layer is right and what lies below it is wrong: look at the way back${cut ? ", which is cut short" : ""}.`;
  };

  const shown = symbol => (symbol === "\n" ? "⏎" : symbol);
  const said = symbol => (symbol === "\n" ? "the end mark" : symbol);
  const percent = v => (v < LIMIT ? "0\u00a0%" : v < 0.0005 ? "below 0.1\u00a0%" : `${(100 * v).toFixed(v < 0.0995 ? 1 : 0)}\u00a0%`);
  const size = v => (v === 0 ? "0" : v < 0.001 ? v.toExponential(0) : v.toFixed(3));

  const mount = (root, data) => {
    const p = Demos.network(data.network), { symbols } = data;
    const chosen = { name: "tyrannosaurus", at: null, k: null, bug: "no bug" };
    let name, states, numeric = null, turn = 0;

    const read = t => shown(symbols[name.x[t]]), say = t => shown(symbols[name.y[t]]);
    const strip = Demos.bars({
      kind: "blame",
      describe: items => "Blame that reaches each letter: " + items.map(i => `${i.label === "⏎" ? "start" : i.label} ${size(i.value)}`).join(", "),
    });
    const stripNote = Demos.el("p", { class: "demo-note blame-note" });
    const map = Demos.el("div", { class: "blame-map", role: "img" });
    const result = Demos.el("p", { class: "blame-verdict" });
    const rows = PARAMS.map(key => Demos.el("td", null));
    const tell = Demos.live(root);

    const at = Demos.slider({
      label: "Loss at", min: 0, max: 1, step: 1, value: 0,
      format: v => (v === 0 || !name ? "all letters" : `step ${v}: ${read(v - 1)} → ${say(v - 1)}`),
      onInput: v => { chosen.at = v === 0 ? null : v - 1; begin(); },
    });
    const cut = Demos.slider({
      label: "Way back", min: 1, max: 2, step: 1, value: 2,
      format: v => (name && v >= name.T ? "whole" : `k = ${v}`),
      onInput: v => { chosen.k = v >= name.T ? null : v; show(); },
    });
    const bugs = Demos.choice({ label: "Bug in the way back", options: BUGS, value: "no bug", onInput: v => { chosen.bug = v; show(); } });
    const box = Demos.textBox({ label: "Name", value: chosen.name, maxLength: 14, onInput: text => {
      const letters = text.toLowerCase().replace(/[^a-z]/g, "");
      if (letters !== text) box.set(letters);
      if (letters) { chosen.name = letters; chosen.at = chosen.k = null; begin(); }
    } });

    const settings = () => ({ k: chosen.k ?? Infinity, bug: chosen.bug });

    const drawMap = () => {
      const whole = encode(chosen.name, symbols), bug = chosen.bug === "mask forgotten" ? "no bug" : chosen.bug;
      const { deltas } = wayBack(p, whole, states, { bug });
      const T = whole.T, k = chosen.k ?? T, cells = [];
      for (let t = 0; t < T; t++) {
        const on = chosen.at === null || chosen.at === t;
        cells.push(Demos.el("span", { class: `blame-letter${on && chosen.at !== null ? " marked" : ""}` }, say(t)));
        for (let s = 0; s < T; s++) {
          const v = length(deltas[t][s]), share = v ? Math.max(4, Math.min(100, 25 * (4 + Math.log10(v)))) : 0;
          const kind = s > t ? " blame-never" : t - s >= k ? " blame-cut" : "";
          const cell = Demos.el("span", { class: `blame-cell${kind}${on ? "" : " blame-off"}` });
          if (v && !kind) cell.style.setProperty("--share", `${share.toFixed(0)}%`);
          if (t - s === k - 1 && k < T && s > 0) cell.classList.add("blame-edge");
          cell.dataset.row = t;
          cells.push(cell);
        }
        cells.push(Demos.el("span"));
      }
      map.style.gridTemplateColumns = `1.4rem repeat(${T}, minmax(0, 1fr)) ${PADDING}fr`;
      map.replaceChildren(...cells);
      map.setAttribute("aria-label", "Map of blame: from each letter to say, a row, to each step blamed, a column. It is strongest on the diagonal and fades to the left.");
    };
    map.addEventListener("click", ({ target }) => {
      if (target.dataset.row === undefined) return;
      const t = Number(target.dataset.row);
      chosen.at = chosen.at === t ? null : t;
      begin();
    });

    const show = () => {
      const way = wayBack(p, name, states, settings()), H = p.b_h.length;
      const lengths = totals(way.deltas, H).map(length);
      const right = totals(wayBack(p, name, states).deltas, H).map(length);
      strip.update(lengths.map((value, s) => ({
        label: s < name.T ? read(s) : "·", value, faint: right[s], marked: chosen.at === s,
      })), Math.max(1.35 * Math.max(...right), ...lengths)); // room for a bug to grow
      const top = lengths.indexOf(Math.max(...lengths));
      const padded = Math.max(...lengths.slice(name.T));
      const cause = chosen.at === null ? "all the surprises" : `the surprise at “${say(chosen.at)}”`;
      stripNote.textContent = `Bars: the blame that ${cause} send${chosen.at === null ? "" : "s"} to the step that reads this letter, the length of δ; outlined, where it should be more. ` +
        `Most, ${size(lengths[top])}, reaches “${top < name.T ? read(top) : "·"}”. Padding (·) gets ${padded ? size(padded) : "none"}. ` +
        "Below, each letter to say has a row of its own, on a scale of powers of ten from 0.0001 to 1; click one to take the loss there.";
      drawMap();
      const grads = gradients(p, name, states, way, chosen.bug);
      if (!numeric) { result.textContent = "Measuring all five gradients by central differences …"; return; }
      const off = errors(grads, numeric);
      PARAMS.forEach((key, i) => {
        rows[i].textContent = off[key] > LIMIT ? percent(off[key]) : "ok";
        rows[i].classList.toggle("wrong", off[key] > LIMIT);
      });
      result.textContent = verdict(off, chosen.k !== null);
      tell(`W h h is ${off.W_hh > LIMIT ? `off by ${percent(off.W_hh)}` : "right"}. ${result.textContent}`);
    };

    /** A new loss: measure it anew, in short turns. */
    const begin = () => {
      name = encode(chosen.name, symbols, chosen.at);
      states = forward(p, name.x);
      numeric = null;
      at.input.max = cut.input.max = name.T;
      at.set(chosen.at === null ? 0 : chosen.at + 1);
      cut.set(chosen.k ?? name.T);
      show();
      const mine = ++turn, work = differences(p, name);
      const some = () => {
        if (mine !== turn) return;
        const until = performance.now() + 12;
        for (;;) {
          const { done, value } = work.next();
          if (done) { numeric = value; show(); return; }
          if (performance.now() > until) { setTimeout(some); return; }
        }
      };
      setTimeout(some, 50);
    };

    root.append(
      Demos.el("div", { class: "demo-row blame-row" }, box, at, cut), bugs,
      strip, map, stripNote,
      Demos.el("table", { class: "demo-table blame-check" },
        Demos.el("caption", null, "The gradient check: each gradient is off by"),
        Demos.el("thead", null, Demos.el("tr", null, PARAMS.map(key => Demos.el("th", { scope: "col" }, key)))),
        Demos.el("tbody", null, Demos.el("tr", null, rows))),
      result);
    begin();
  };

  return { title: "Send the blame back: choose a letter, a cut, a bug", mount, BUGS, PARAMS, LIMIT, encode, forward, loss, wayBack, totals, gradients, numerical, differences, relativeError, errors, verdict, length };
})());
