/* Gates along a line: an LSTM reads what you type, and you change its memory in mid-line.
   Chapter 13.  `along` is the chapter's gates_along and, with an edit, its closers. */
"use strict";

{
  const PARTS = [
    ["i", "input gate", 24, [0, 1]], ["f", "forget gate", 24, [0, 1]],
    ["o", "output gate", 24, [0, 1]], ["c", "memory", 60, null],
  ];
  const END = "⏎";

  /** The ids of a line, the end mark first. */
  const encode = (symbols, line) => [..."\n" + line].map(symbol => symbols.indexOf(symbol));

  /** What the network does at each symbol: gates, memory, and p, what it expects next.
      edit { at, unit, factor } multiplies the memory after symbol `at`; unit null means all. */
  const along = (network, ids, edit = null) => {
    let state = network.start();
    return ids.map((id, t) => {
      const step = network.step(id, state);
      const p = Demos.softmax(network.logits(step)); // h was shown before the edit
      if (edit !== null && t === edit.at) {
        const chosen = j => edit.unit === null || j === edit.unit;
        step.c = step.c.map((v, j) => (chosen(j) ? v * edit.factor : v));
      }
      state = step;
      return { ...step, p };
    });
  };

  /** One unit's value, or the mean of all for unit null. */
  const value = (values, unit) => (unit === null ? Demos.sum(values) / values.length : values[unit]);

  /** The ids of the most probable symbols, best first. */
  const likeliest = (p, count) =>
    Array.from(p.keys()).sort((i, j) => p[j] - p[i]).slice(0, count);

  const shown = symbol => (symbol === "\n" ? END : symbol);
  const signed = v => v.toFixed(1).replace("-", "−").replace("−0.0", "0.0");

  /** The drawing: a row of columns for each part, filled as read, outlined with the edit. */
  const draw = (width, { symbols, rows, at, onPick }) => {
    const wide = width >= 480, gutter = wide ? 104 : 0, lift = wide ? 12 : 20;
    const column = (width - gutter) / symbols.length, svg = Demos.svg;
    const parts = [];
    const x = t => gutter + t * column;
    const word = (text, left, y, attrs) => parts.push(svg("text", { x: left, y, ...attrs }, text));
    symbols.forEach((symbol, t) =>
      word(shown(symbol), x(t + 0.5), 16, {
        class: t === at ? "gates-at" : null, "text-anchor": "middle",
      }));
    let y = 22;
    for (const { label, height, range: [low, high], read, edited } of rows) {
      y += lift;
      const zero = y + height * high / (high - low);
      const top = v => Math.min(y + height, Math.max(y, y + height * (high - v) / (high - low)));
      if (wide) word(label, 0, y + height / 2 + 4);
      else word(label, 0, y - 5);
      parts.push(svg("path", { class: "gates-axis", d: `M${gutter} ${zero}H${width}` }));
      read.forEach((v, t) => parts.push(svg("rect", {
        class: "gates-fill", x: x(t) + 1, width: Math.max(1, column - 2),
        y: Math.min(top(v), zero), height: Math.abs(top(v) - zero),
      })));
      if (edited) {
        const d = edited.map((v, t) => (t < at ? "" : `${t === at ? "M" : "L"}${x(t)} ${top(v)}H${x(t + 1)}`));
        parts.push(svg("path", { class: "gates-edited", d: d.join("") }));
      }
      y += height;
    }
    const edge = x(at + 1);
    parts.push(svg("path", { class: "gates-place", d: `M${edge} 3V${y + 4}` }));
    symbols.forEach((_, t) => parts.push(svg("rect", {
      class: "gates-pick", x: x(t), width: column, y: 0, height: y, onClick: () => onPick(t),
    })));
    return svg("svg", { width, height: y + 6, "aria-hidden": "true" }, parts);
  };

  const mount = (root, data) => {
    const { el } = Demos, networks = {};
    for (const [name, task] of Object.entries(data)) networks[name] = Demos.network(task.network);
    const now = { task: null, line: "", unit: 0, at: 0, factor: -1 };
    let redraw = () => {};

    const symbolAt = t => shown(("\n" + now.line)[t]);

    const task = Demos.choice({
      label: "It was trained on", options: [["brackets", "lines with brackets"], ["names", "names"]],
      value: "brackets", onInput: name => begin(name),
    });
    const line = Demos.textBox({ label: "A line to read", maxLength: 24, onInput: text => read(text) });
    const unit = Demos.slider({
      label: "Unit", min: -1, max: 31, step: 1, value: 0,
      format: v => (v < 0 ? "all, their mean" : String(v)),
      onInput: v => { now.unit = v < 0 ? null : v; show(); },
    });
    const place = Demos.slider({
      label: "Edit after symbol", min: 0, max: 1, step: 1, value: 0,
      format: t => `${t} “${symbolAt(t)}”`,
      onInput: t => { now.at = t; show(); },
    });
    const factor = Demos.slider({
      label: "Multiply it by", min: -2, max: 2, step: 0.1, value: -1, format: signed,
      onInput: v => { now.factor = v; show(); },
    });
    const note = el("p", { class: "demo-note gates-unknown" });
    const picture = el("div", { class: "gates-strips" });
    const result = el("div", { class: "gates-result" });
    const detail = el("p", { class: "demo-note" });
    root.append(
      task, line, note,
      el("div", { class: "demo-row" }, unit, place, factor),
      el("p", { class: "gates-legend" },
        el("i", { class: "gates-swatch-fill" }), "as read ",
        el("i", { class: "gates-swatch-line" }), "with the edit"),
      picture, result, detail);
    const say = Demos.live(root);

    const begin = name => {
      const { line: text, unit: first, at, network } = data[name];
      Object.assign(now, { task: name, unit: first, at });
      unit.input.max = network.hidden - 1;
      unit.set(first);
      line.set(text);
      read(text, at);
    };

    const read = (text, at = now.at) => {
      const known = [...text.toLowerCase()].filter(s => s !== "\n" && data[now.task].symbols.includes(s));
      now.line = known.join("");
      now.at = Math.min(at, now.line.length);
      place.input.max = now.line.length;
      note.textContent = now.line === text.toLowerCase() ? "" : `It reads only ${data[now.task].knows}.`;
      place.set(now.at);
      show();
    };

    const show = () => {
      const { symbols, watched } = data[now.task], ids = encode(symbols, now.line);
      const before = along(networks[now.task], ids), after = along(networks[now.task], ids, now);
      const last = ids.length - 1;
      const watch = watched ? encode(symbols, watched).slice(1) : likeliest(before[last].p, 3);
      const reach = Math.max(1, ...[...before, ...after].map(s => Math.abs(value(s.c, now.unit))));
      const rows = PARTS.map(([key, label, height, range]) => ({
        label, height, range: range ?? [-reach, reach],
        read: before.map(s => value(s[key], now.unit)),
        edited: after.map(s => value(s[key], now.unit)),
      }));
      for (const id of watch) {
        rows.push({
          label: `${shown(symbols[id])}  next`, height: 24, range: [0, 1],
          read: before.map(s => s.p[id]), edited: after.map(s => s.p[id]),
        });
      }
      redraw = () => picture.replaceChildren(draw(picture.clientWidth || 588, {
        symbols: [..."\n" + now.line], rows, at: now.at,
        onPick: t => { now.at = t; place.set(t); show(); },
      }));
      redraw();
      const ends = watch.map(id => [shown(symbols[id]), before[last].p[id], after[last].p[id]]);
      result.replaceChildren(el("table", { class: "demo-table" },
        el("thead", null, el("tr", null, el("th", { scope: "col" }, "next symbol"),
          el("th", { scope: "col" }, "as read"), el("th", { scope: "col" }, "with the edit"))),
        el("tbody", null, ends.map(([symbol, p, q]) => el("tr", null,
          el("th", { scope: "row" }, symbol), el("td", null, p.toFixed(2)), el("td", null, q.toFixed(2)))))));
      const here = before[now.at], c = value(here.c, now.unit);
      const [i, f, o] = ["i", "f", "o"].map(key => value(here[key], now.unit).toFixed(2));
      detail.textContent = `At “${symbolAt(now.at)}”: input gate ${i}, forget gate ${f}, `
        + `output gate ${o}; memory ${signed(c)}, edited ${signed(c * now.factor)}.`;
      say(ends.map(([symbol, p, q]) => `${symbol} next: ${p.toFixed(2)} as read, ${q.toFixed(2)} with the edit`).join("; "));
    };

    begin("brackets");
    new ResizeObserver(() => redraw()).observe(picture);
  };

  Demos.add("gates", {
    title: "Change a memory in mid-line", mount, encode, along, value, likeliest,
  });
}
