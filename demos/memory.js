/* Three numbers that remember: a unit that reads a name and should know whether there was an s.
   Chapter 4. */
"use strict";

Demos.add("memory", (() => {
  const LATER = "a".repeat(40);
  const EDGE = 1.1; // the drawn range of h

  const PRESETS = [
    ["own", "Your own", null],
    ["latch", "Latch", [6, 3, -1]],
    ["fading", "Fading", [6, 0.9, -0.1]],
    ["even", "No bias", [6, 3, 0]],
    ["flip", "Flipping", [6, -3, 0]],
  ];

  /** One step of a layer with one unit that sees only whether the letter is an s. */
  const layerOf = ([u, w, b]) => ({ W_xh: [u], W_hh: [w], b_h: Float64Array.of(b) });
  const next = (layer, letter, h) => Demos.rnnStep(layer, [Number(letter === "s")], { h: [h] }).h[0];

  /** The value of the unit after each letter. */
  const trace = (word, weights) => {
    const layer = layerOf(weights), values = [];
    for (const letter of word) values.push(next(layer, letter, values.at(-1) ?? 0));
    return values;
  };

  /** Is the sign of the last value what it should be? */
  const isRight = (word, h) => (word.includes("s") ? h > 0 : h < 0);

  /** How many names the unit gets right: at their ends, and forty letters later. */
  const score = (names, weights) => {
    const layer = layerOf(weights), right = [0, 0];
    for (const name of names) {
      let h = 0;
      for (const letter of name) h = next(layer, letter, h);
      right[0] += isRight(name, h);
      for (const letter of LATER) h = next(layer, letter, h);
      right[1] += isRight(name, h);
    }
    return right;
  };

  /** Where tanh(w h + b) is h again, a fixed point: { h, stable }, from the lowest. */
  const rests = ([, w, b]) => {
    const above = h => Math.tanh(w * h + b) - h, found = [], N = 4001;
    for (let i = 0; i < N; i++) {
      let [low, high] = [-1 + 2 * i / N, -1 + 2 * (i + 1) / N];
      const rises = above(high) > above(low);
      if (above(low) * above(high) > 0 || above(low) === 0) continue;
      for (let k = 0; k < 50; k++) {
        const middle = (low + high) / 2;
        if ((above(middle) > 0) === rises) high = middle; else low = middle;
      }
      found.push({ h: low, stable: Math.abs(w * (1 - low * low)) < 1 });
    }
    return found;
  };

  const near0 = v => (v !== 0 && Math.abs(v) < 0.005 ? `a little ${v > 0 ? "above" : "below"} 0` : number(v));
  const number = v => v.toFixed(2).replace("-", "−").replace("−0.00", "0.00");

  const mount = (root, data) => {
    const names = data.names.split(" "), { el, svg } = Demos;
    let weights = [1, 0.5, 0], word = "hypsilophodon", read = word.length;

    const describe = { role: "img" };
    const map = svg("svg", { ...describe, class: "memory-map", viewBox: "0 0 250 250" });
    const path = svg("svg", { ...describe, class: "memory-path", viewBox: "0 0 330 250" });
    const verdict = el("p", { class: "memory-verdict" }), places = el("p", { class: "demo-note memory-places" });
    const speak = Demos.live(root);

    const line = (points, attrs) => svg("polyline", { points: points.map(p => p.map(v => v.toFixed(1)).join()).join(" "), fill: "none", ...attrs });
    const text = (x, y, content, attrs) => svg("text", { x, y, "text-anchor": "middle", ...attrs }, content);

    const drawMap = (values, found) => {
      const x = h => 30 + 210 * (h + EDGE) / (2 * EDGE), y = h => 220 - 210 * (h + EDGE) / (2 * EDGE);
      const grid = Array.from({ length: 111 }, (_, i) => -EDGE + 2 * EDGE * i / 110);
      const curve = extra => grid.map(h => [x(h), y(Math.tanh(weights[1] * h + weights[2] + extra))]);
      const stairs = [[x(0), y(0)]];
      values.slice(0, read).reduce((h, after) => { stairs.push([x(h), y(after)], [x(after), y(after)]); return after; }, 0);
      map.replaceChildren(
        svg("path", { d: `M30 10V220H240`, class: "memory-axis" }),
        line(grid.map(h => [x(h), y(h)]), { class: "memory-diagonal" }),
        line(curve(weights[0]), { class: "memory-s" }), line(curve(0), { class: "memory-curve" }),
        line(stairs, { class: "memory-stairs" }),
        ...found.map(({ h, stable }) => svg("circle", { cx: x(h), cy: y(h), r: 5, class: stable ? "memory-stable" : "memory-unstable" })),
        ...[-1, 0, 1].flatMap(v => [text(x(v), 235, number(v).replace(".00", "")), text(20, y(v) + 4, number(v).replace(".00", ""))]),
        text(135, 249, "h before a letter"), text(24, 0, "h after it (dashed: the letter is an s)", { "text-anchor": "start" }));
      map.setAttribute("aria-label", "The value of the unit after a letter against that before it. " + places.textContent);
    };

    const drawPath = values => {
      const step = Math.min(24, 295 / Math.max(1, word.length)), x = i => 25 + step * (i + 0.5), y = h => 110 - 90 * h;
      const dots = values.map((h, i) => [x(i), y(h)]);
      path.replaceChildren(
        svg("path", { d: "M25 10V210", class: "memory-axis" }), svg("path", { d: "M25 110H325", class: "memory-diagonal" }),
        ...[-1, 0, 1].map(v => text(14, y(v) + 4, String(v).replace("-", "−"))),
        line(dots.slice(0, read), { class: "memory-curve" }),
        ...dots.map(([cx, cy], i) => svg("circle", { cx, cy, r: i === read - 1 ? 5 : 3.5, class: i < read ? "memory-read" : "memory-unread" })),
        ...[...word].map((letter, i) => text(x(i), 230, letter, { class: letter === "s" ? "memory-letter-s" : null })),
        text(175, 249, "letter read"));
      path.setAttribute("aria-label", `The unit after each letter of ${word}: ${values.slice(0, read).map((h, i) => `${word[i]} ${number(h)}`).join(", ")}`);
    };

    const show = () => {
      const values = trace(word, weights), found = rests(weights);
      const [atEnd, later] = score(names, weights);
      const part = word.slice(0, read), h = values[read - 1] ?? 0;
      verdict.textContent = part
        ? `After “${part}”: ${near0(h)}. It says ${h > 0 ? "there was an s" : h < 0 ? "there was none" : "nothing"}: ${isRight(part, h) ? "right" : "wrong"}. `
        : "Nothing read yet: 0.00. ";
      verdict.append(el("b", null, `Right at the end of ${atEnd.toLocaleString("en")} of ${names.length.toLocaleString("en")} names, `
        + `and of ${later.toLocaleString("en")} after forty more letters.`));
      places.textContent = found.length
        ? `Fixed points while no s is read: ${found.map(p => `${number(p.h)} (${p.stable ? "stable" : "unstable"})`).join(", ")}.`
        : "No fixed point while no s is read.";
      drawMap(values, found);
      drawPath(values);
      speak(verdict.textContent + places.textContent);
    };

    const sliders = [["u, for an s", -8, 8], ["w, for the value before", -4, 4], ["b, always", -4, 4]].map(([label, min, max], i) =>
      Demos.slider({ label, min, max, step: 0.1, value: weights[i], format: v => v.toFixed(1).replace("-", "−"),
        onInput: v => { weights = weights.map((old, k) => (k === i ? v : old)); presets.set("own"); show(); } }));
    const presets = Demos.choice({ label: "Set all three", options: PRESETS.map(([key, label]) => [key, label]), value: "own",
      onInput: key => {
        weights = PRESETS.find(p => p[0] === key)[2] ?? weights;
        sliders.forEach((slider, i) => slider.set(weights[i]));
        show();
      } });
    const box = Demos.textBox({ label: "A word to read", value: word, maxLength: 24, onInput: value => {
      word = value.toLowerCase().replace(/[^a-z]/g, "");
      read = word.length;
      steps.input.max = word.length;
      steps.set(read);
      show();
    } });
    const steps = Demos.slider({ label: "Letters read", min: 0, max: word.length, step: 1, value: read, onInput: v => { read = v; show(); } });

    root.append(el("div", { class: "demo-row" }, sliders), el("div", { class: "demo-row" }, presets),
      el("div", { class: "memory-drawings" }, map, path), el("div", { class: "memory-words" }, verdict, places),
      el("div", { class: "demo-row" }, box, steps));
    show();
  };

  return { title: "Find three numbers that remember an s for ever", mount, trace, score, rests };
})());
