/* Gradient descent on a loss with a cliff: one unit that repeats itself fifty times.  Chapter 7. */
"use strict";

Demos.add("cliff", (() => {
  const W = [0, 2.6], B = [-0.9, 0.5]; // the map
  const STEPS = 200;
  const THRESHOLDS = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, Infinity];

  /** The state after repeating h = tanh(w h + b), from 0.5. */
  const lastState = (w, b, repeats = 50) => {
    let h = 0.5;
    for (let t = 0; t < repeats; t++) h = Math.tanh(w * h + b);
    return h;
  };

  /** The loss (h_50 + 0.5)² and its gradient, by going back through the fifty steps. */
  const lossAndGrads = (w, b, repeats = 50) => {
    const h = [0.5];
    for (let t = 0; t < repeats; t++) h.push(Math.tanh(w * h[t] + b));
    let dh = 2 * (h[repeats] + 0.5), dw = 0, db = 0;
    for (let t = repeats; t > 0; t--) {
      const da = dh * (1 - h[t] * h[t]); // through the tanh
      dw += da * h[t - 1];
      db += da;
      dh = da * w; // to the state one step earlier
    }
    return { loss: (h[repeats] + 0.5) ** 2, grads: [dw, db] };
  };

  /** The gradient, shortened to maxNorm if it is longer, and its norm before that. */
  const clipByNorm = (grads, maxNorm) => {
    const norm = Math.hypot(...grads);
    return { norm, clipped: norm > maxNorm ? grads.map(g => g * maxNorm / norm) : grads };
  };

  /** The places of a descent, each with its loss, gradient, and the length of the step from it. */
  const descend = ({ w, b }, { lr, maxNorm = Infinity, steps = STEPS }) => {
    const path = [];
    for (let k = 0; k <= steps; k++) {
      const { loss, grads } = lossAndGrads(w, b), { norm, clipped } = clipByNorm(grads, maxNorm);
      path.push({ w, b, loss, norm, moved: lr * Math.hypot(...clipped) });
      w -= lr * clipped[0];
      b -= lr * clipped[1];
    }
    return path;
  };

  const onMap = ({ w, b }) => w >= W[0] && w <= W[1] && b >= B[0] && b <= B[1];

  /** What became of a descent. */
  const verdict = path => {
    const end = path[path.length - 1], left = path.findIndex(p => !onMap(p));
    const fate = end.loss < 0.001 ? "in the valley"
      : end.norm < 1e-6 ? "on a plateau, where the gradient is zero" : "still on its way";
    const way = left < 0 ? "" : onMap(end) ? `, after it left the map at step ${left}` : `, off the map since step ${left}`;
    return `After ${path.length - 1} steps: loss ${end.loss.toFixed(3)}, ${fate}${way}.`;
  };

  const number = v => {
    const size = Math.abs(v);
    if (size >= 1000) return Math.round(v).toLocaleString("en");
    return size < 1e-9 ? "0" : size < 0.001 ? v.toExponential(0).replaceAll("-", "−") : v.toPrecision(3).replace("-", "−");
  };
  const place = ({ w, b }) => `w ${w.toFixed(2)}, b ${b.toFixed(2)}`.replaceAll("-", "−");

  /** r, g, b of a colour of the page. */
  const rgb = (root, name) => {
    const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    pen.fillStyle = getComputedStyle(root).getPropertyValue(name).trim();
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };

  /** The map of the loss, the higher the brighter; its root, so that the valley shows. */
  const field = (root, columns, rows) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
    const [low, high] = [rgb(root, "--network"), rgb(root, "--paper-2")].sort((p, q) => Demos.sum(p) - Demos.sum(q));
    const pen = canvas.getContext("2d"), image = pen.createImageData(columns, rows);
    for (let y = 0, k = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const h = lastState(W[0] + (W[1] - W[0]) * (x + 0.5) / columns, B[1] - (B[1] - B[0]) * (y + 0.5) / rows);
        const share = Math.abs(h + 0.5) / 1.5;
        for (const i of [0, 1, 2]) image.data[k++] = low[i] + share * (high[i] - low[i]);
        image.data[k++] = 255;
      }
    }
    pen.putImageData(image, 0, 0);
    return canvas;
  };

  const mount = (root, data) => {
    const start = { w: data.w, b: data.b }, settings = { lr: data.lr, maxNorm: data.maxNorm };
    let path = [], at = STEPS, timer = null, ground = null;

    const canvas = Demos.el("canvas", { role: "img" });
    const handle = Demos.el("button", { type: "button", class: "cliff-start", role: "slider", "aria-label": "Start of the descent, moved by the arrow keys", "aria-valuemin": W[0], "aria-valuemax": W[1] });
    const map = Demos.el("div", { class: "cliff-map" }, canvas, handle);
    const line = Demos.svg("polyline", { class: "cliff-norms" }), limit = Demos.svg("line", { class: "cliff-limit", x1: 0, x2: STEPS });
    const cursor = Demos.svg("line", { class: "cliff-cursor", y1: 0, y2: 100 });
    const norms = Demos.el("div", { class: "demo-curve" },
      Demos.svg("svg", { viewBox: `0 0 ${STEPS} 100`, preserveAspectRatio: "none", "aria-hidden": "true" }, limit, line, cursor),
      [5, 0, -5, -10].map(power => {
        const label = Demos.el("span", null, power === 0 ? "1" : ["10", Demos.el("sup", null, String(power).replace("-", "−"))]);
        label.style.top = `${height(10 ** power)}%`;
        return label;
      }));
    const facts = Demos.el("p", { class: "cliff-facts" }), fate = Demos.el("p", { class: "cliff-fate" });
    const say = Demos.live(root);

    /** Where a norm is in the plot, in percent from above, from 10^5.5 to 10^−11. */
    function height(norm) { return Math.max(0, Math.min(100, 100 * (5.5 - Math.log10(norm + 1e-99)) / 16.5)); }

    const draw = () => {
      const { clientWidth: width, clientHeight: high } = canvas, dense = window.devicePixelRatio || 1;
      if (!width) return;
      canvas.width = width * dense;
      canvas.height = high * dense;
      ground ??= field(root, 392, 240);
      const pen = canvas.getContext("2d");
      pen.drawImage(ground, 0, 0, canvas.width, canvas.height);
      pen.scale(dense, dense);
      const far = v => Math.max(-1e5, Math.min(1e5, v));
      const x = p => far((p.w - W[0]) / (W[1] - W[0]) * width), y = p => far((B[1] - p.b) / (B[1] - B[0]) * high);
      const seen = path.slice(0, at + 1), style = getComputedStyle(root);
      const [paper, blame] = ["--paper", "--blame"].map(name => style.getPropertyValue(name).trim());
      const stroke = (color, thick) => {
        pen.strokeStyle = color;
        pen.lineWidth = thick;
        pen.beginPath();
        for (const p of seen) pen.lineTo(x(p), y(p));
        pen.stroke();
      };
      pen.lineJoin = "round";
      stroke(paper, 5);
      stroke(blame, 2);
      seen.forEach((p, k) => {
        pen.beginPath();
        pen.arc(x(p), y(p), k === at ? 6 : 2.5, 0, 7);
        pen.fillStyle = blame;
        pen.fill();
        if (k === at) { pen.strokeStyle = paper; pen.lineWidth = 2; pen.stroke(); }
      });
    };

    const show = () => {
      const here = path[at];
      draw();
      cursor.setAttribute("x1", at);
      cursor.setAttribute("x2", at);
      const away = onMap(here) ? "" : " (off the map)";
      facts.replaceChildren(...[["Step", String(at)], ["Weights", `w ${number(here.w)}, b ${number(here.b)}${away}`], ["Loss", number(here.loss)], ["Length of the gradient", number(here.norm)], ["Length of the step", number(here.moved)]]
        .map(([key, value]) => Demos.el("span", null, `${key} `, Demos.el("b", null, value))));
      steps.set(at);
    };

    const stop = () => { clearInterval(timer); timer = null; play.textContent = "Play"; };

    /** Descend anew. */
    const begin = (step = STEPS) => {
      stop();
      path = descend(start, settings);
      at = step;
      handle.style.left = `${100 * (start.w - W[0]) / (W[1] - W[0])}%`;
      handle.style.top = `${100 * (B[1] - start.b) / (B[1] - B[0])}%`;
      handle.setAttribute("aria-valuenow", start.w.toFixed(2));
      handle.setAttribute("aria-valuetext", place(start));
      line.setAttribute("points", path.map((p, k) => `${k},${height(p.norm).toFixed(1)}`).join(" "));
      const y = settings.maxNorm === Infinity ? -9 : height(settings.maxNorm);
      limit.setAttribute("y1", y);
      limit.setAttribute("y2", y);
      fate.textContent = verdict(path);
      const top = Math.max(...path.map(p => p.norm));
      canvas.setAttribute("aria-label", `Map of the loss over w and b, with a cliff, and the path of the descent from ${place(start)}. The longest gradient is ${number(top)}.`);
      say(`${fate.textContent} The longest gradient is ${number(top)}.`);
      show();
    };

    const moveTo = (w, b) => {
      start.w = Math.max(W[0], Math.min(W[1], Math.round(w * 100) / 100));
      start.b = Math.max(B[0], Math.min(B[1], Math.round(b * 100) / 100));
      begin();
    };
    const toPointer = ({ clientX, clientY }) => {
      const box = canvas.getBoundingClientRect();
      moveTo(W[0] + (W[1] - W[0]) * (clientX - box.left) / box.width, B[1] - (B[1] - B[0]) * (clientY - box.top) / box.height);
    };
    map.addEventListener("pointerdown", e => {
      if (e.target === canvas) toPointer(e);
      else map.setPointerCapture(e.pointerId);
    });
    map.addEventListener("pointermove", e => { if (map.hasPointerCapture(e.pointerId)) toPointer(e); });
    const KEYS = { ArrowLeft: [-0.05, 0], ArrowRight: [0.05, 0], ArrowUp: [0, 0.05], ArrowDown: [0, -0.05] };
    handle.addEventListener("keydown", e => {
      if (e.key === "Home") moveTo(data.w, data.b);
      else if (KEYS[e.key]) moveTo(start.w + KEYS[e.key][0], start.b + KEYS[e.key][1]);
      else return;
      e.preventDefault();
    });

    const steps = Demos.slider({ label: "Step of the descent", min: 0, max: STEPS, step: 1, value: STEPS, onInput: v => { stop(); at = v; show(); } });
    const play = Demos.button("Play", () => {
      if (timer) { stop(); return; }
      at = Demos.calm() ? STEPS : at === STEPS ? 0 : at;
      show();
      if (at === STEPS) return;
      play.textContent = "Stop";
      timer = setInterval(() => {
        at += 1;
        show();
        if (at === STEPS) stop();
      }, 60);
    }, { class: "demo-button demo-first" });

    root.append(
      Demos.el("div", { class: "demo-row" },
        Demos.slider({ label: "Learning rate", min: 0.005, max: 0.2, step: 0.005, value: settings.lr, format: v => v.toFixed(3), onInput: v => { settings.lr = v; begin(); } }),
        Demos.slider({ label: "Clip the gradient at", min: 0, max: THRESHOLDS.length - 1, step: 1, value: THRESHOLDS.indexOf(settings.maxNorm), format: i => (THRESHOLDS[i] === Infinity ? "no clipping" : String(THRESHOLDS[i])), onInput: i => { settings.maxNorm = THRESHOLDS[i]; begin(); } })),
      Demos.el("div", { class: "cliff-frame" },
        Demos.el("span", { class: "cliff-b" }, [B[1], "b", B[0]].map(v => Demos.el("span", null, String(v).replace("-", "−")))), map,
        Demos.el("span", { class: "cliff-axis" }, Demos.el("span", null, String(W[0])), Demos.el("span", null, "w"), Demos.el("span", null, String(W[1])))),
      Demos.el("div", { class: "demo-row cliff-row" }, play, steps),
      facts, fate,
      Demos.el("p", { class: "demo-note cliff-caption" }, "Length of the gradient at each step; dashed, the threshold:"), norms);
    begin();
    new ResizeObserver(draw).observe(canvas);
    new MutationObserver(() => { ground = null; draw(); }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  };

  return { title: "Descend: choose a start, a learning rate, a threshold", mount, STEPS, THRESHOLDS, lastState, lossAndGrads, clipByNorm, descend, verdict };
})());
