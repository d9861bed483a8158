/* Gradient descent with momentum in a bowl that is fifty times as steep across as along.  Chapter 8. */
"use strict";

Demos.add("momentum", (() => {
  const STEPS = 60;
  const LEFT = -3, RIGHT = 11, REACH = 3; // the map: w1 from LEFT to RIGHT, w2 from −REACH to REACH

  const height = (w, curvatures) => 0.5 * Demos.sum(w.map((v, i) => curvatures[i] * v * v));

  /** The places of a descent from rest: v ← μ v + g, w ← w − η v. */
  const walk = (start, curvatures, { lr, momentum }, steps = STEPS) => {
    const path = [start], v = start.map(() => 0);
    for (let k = 0; k < steps; k++) {
      const w = path[k];
      path.push(w.map((x, i) => x - lr * (v[i] = momentum * v[i] + curvatures[i] * x)));
    }
    return path;
  };

  /** By what a weight with this curvature shrinks in a step, in the long run: the larger root. */
  const factor = (curvature, { lr, momentum }) => {
    const half = (1 + momentum - lr * curvature) / 2, root = half * half - momentum;
    return root < 0 ? Math.sqrt(momentum) : Math.abs(half) + Math.sqrt(root);
  };

  const number = v => (v >= 0.001 && v < 1e5 ? Number(v.toPrecision(3)).toString() : v.toExponential(0).replace("e+", "e").replace("-", "−"));

  /** What became of a descent. */
  const verdict = (path, curvatures) => {
    const heights = path.map(w => height(w, curvatures));
    const hundredth = heights.findIndex(h => h < 0.01 * heights[0]);
    const end = `After ${path.length - 1} steps the height is ${number(heights[heights.length - 1])}, from ${number(heights[0])}.`;
    if (heights[heights.length - 1] > heights[0]) {
      const climbs = heights[heights.length - 1] > 1.5 * heights[heights.length >> 1]; // at the largest stable rate it swings for ever
      return `${end} It ${climbs ? "climbs out of the bowl" : "neither settles nor climbs out"}.`;
    }
    return hundredth < 0 ? `${end} It never comes to a hundredth of the height.` : `${end} Step ${hundredth} is the first below a hundredth of it.`;
  };

  const mount = (root, data) => {
    const { start, curvatures } = data, settings = { lr: data.lr, momentum: data.momentum };
    const fixed = v => Math.max(-1e4, Math.min(1e4, v)).toFixed(3);
    const bowl = Array.from({ length: 9 }, (_, i) => {
      const level = 0.5 + 13.5 * i / 8;
      return Demos.svg("ellipse", { cx: 0, cy: 0, rx: level / Math.sqrt(curvatures[0]), ry: level / Math.sqrt(curvatures[1]) });
    });
    const line = Demos.svg("polyline", { class: "momentum-path" }), dots = Demos.svg("path", { class: "momentum-dots" });
    const lowest = Demos.svg("path", { class: "momentum-lowest", d: "M0 0h0" });
    const map = Demos.svg("svg", { class: "momentum-map", role: "img", viewBox: `${LEFT} ${-REACH} ${RIGHT - LEFT} ${2 * REACH}`, preserveAspectRatio: "none" }, bowl, lowest, line, dots);
    const curve = Demos.svg("polyline", { class: "momentum-path" });
    const above = h => Math.max(0, Math.min(100, 100 * (3.5 - Math.log10(h + 1e-99)) / 12.5));
    const plot = Demos.el("div", { class: "demo-curve" },
      Demos.svg("svg", { viewBox: `0 0 ${STEPS} 100`, preserveAspectRatio: "none", "aria-hidden": "true" }, curve),
      [3, 0, -3, -6].map(power => {
        const label = Demos.el("span", null, power === 0 ? "1" : ["10", Demos.el("sup", null, String(power).replace("-", "−"))]);
        label.style.top = `${above(10 ** power)}%`;
        return label;
      }));
    const fate = Demos.el("p", { class: "momentum-fate" }), facts = Demos.el("p", { class: "demo-note momentum-facts" });
    const say = Demos.live(root);

    const show = () => {
      const path = walk(start, curvatures, settings);
      const points = path.map(([x, y]) => [fixed(x), fixed(-y)]);
      line.setAttribute("points", points.map(p => p.join(",")).join(" "));
      dots.setAttribute("d", points.map(([x, y]) => `M${x} ${y}h0`).join(""));
      curve.setAttribute("points", path.map((w, k) => `${k},${above(height(w, curvatures)).toFixed(1)}`).join(" "));
      fate.textContent = verdict(path, curvatures);
      const [flat, steep] = curvatures.map(c => factor(c, settings));
      facts.textContent = `In the long run, each step leaves ${flat.toFixed(3)} of the flat weight and ${steep.toFixed(3)} of the steep one. Below, the height at each step:`;
      map.setAttribute("aria-label", `The bowl from above, and the path from w1 ${start[0]}, w2 ${start[1]}. ${fate.textContent}`);
      say(fate.textContent);
    };
    const set = key => value => { settings[key] = value; show(); };

    root.append(
      Demos.el("div", { class: "demo-row" },
        Demos.slider({ label: "Learning rate", min: 0.001, max: 0.085, step: 0.001, value: settings.lr, format: v => v.toFixed(3), onInput: set("lr") }),
        Demos.slider({ label: "Momentum", min: 0, max: 0.98, step: 0.02, value: settings.momentum, format: v => v.toFixed(2), onInput: set("momentum") })),
      map, fate, facts, plot);
    show();
  };

  return { title: "Roll down the bowl: choose a rate and a momentum", mount, height, walk, factor, verdict };
})());
