/* The front page's drawing, as text: a sauropod whose neck is the unrolled network, one bead a
   letter, and before it the next letters, as high as they are probable. Nothing here touches the
   page, so that tools/front_page.py can draw the first name when the book is built. */
"use strict";

const FrontDrawing = (() => {
  const SYMBOLS = "\nabcdefghijklmnopqrstuvwxyz", END = 0;

  const BODY = "M6 148 C40 150 62 132 84 112 C104 94 134 86 160 90 C180 93 192 104 190 120 C189 130 184 136 180 140 L182 180 H164 L160 146 C150 150 136 150 126 147 L128 180 H110 L104 138 C98 134 95 131 92 128 C68 146 38 158 6 148 Z";
  const HEAD = "M262 26 C268 18 282 17 290 24 L306 33 C309 36 307 40 303 40 L276 41 C266 41 259 34 262 26 Z";
  const NAPE = [264, 33], NOSE = 308; // where the head hangs on the neck, and how far it reaches

  /* One drawing for wide screens and one for phones. `neck` is a chain of cubic Bézier curves;
     `gap` is the distance of two beads and `first` that of the start mark from the shoulder. */
  const LAYOUTS = {
    wide: { size: [1160, 512], body: [0, 140, 1.88], head: 1.9,
      neck: [[318, 352], [400, 356, 452, 318, 524, 252], [596, 186, 690, 122, 856, 116], [960, 112, 1040, 106, 1400, 60]],
      gap: 51, snug: 24, first: 34, radius: [25, 18], letter: [24, 19], least: 16.5, thick: [56, 26, 13],
      ground: 479, base: 479, left: 478, slot: 24.6, end: 32, tall: 190, text: 14, below: 20 },
    narrow: { size: [358, 322], body: [-14, 80, 0.61], head: 0.82,
      neck: [[89, 150], [130, 150, 126, 98, 168, 70], [210, 42, 262, 42, 318, 34], [420, 18, 500, 24, 600, 24]],
      gap: 23, snug: 20, first: 12, radius: [12, 10], letter: [14.5, 14], least: 14, thick: [20, 12, 6],
      ground: 190, base: 304, left: 0, slot: 12.7, end: 26, tall: 88, text: 12.5, below: 14 },
  };

  /* A curve as many short lines, with the length up to each point. */
  function measured([start, ...curves]) {
    const points = [[...start, 0]];
    for (const [ax, ay, bx, by, x, y] of curves) {
      const [px, py] = points.at(-1);
      for (let i = 1; i <= 80; i++) {
        const t = i / 80, u = 1 - t, [lx, ly, s] = points.at(-1);
        const qx = u ** 3 * px + 3 * u * u * t * ax + 3 * u * t * t * bx + t ** 3 * x;
        const qy = u ** 3 * py + 3 * u * u * t * ay + 3 * u * t * t * by + t ** 3 * y;
        points.push([qx, qy, s + Math.hypot(qx - lx, qy - ly)]);
      }
    }
    return points;
  }
  const necks = {};
  for (const [name, { neck }] of Object.entries(LAYOUTS)) necks[name] = measured(neck);

  /* The point of a neck at a length from the shoulder. */
  function along(points, length) {
    const i = Math.max(1, points.findIndex(([, , s]) => s >= length)), [x0, y0, s0] = points[i - 1], [x1, y1, s1] = points[i];
    const t = Math.min(1, Math.max(0, (length - s0) / (s1 - s0)));
    return [x0 + t * (x1 - x0), y0 + t * (y1 - y0)];
  }

  /* Where n beads sit. In a long name they move closer, until they are `snug`; then the body leaves
     the picture, as far as the first bead stays in it; then they move closer again. Bead 0 is the
     start mark. */
  function posture(name, n) {
    const g = LAYOUTS[name], points = necks[name];
    for (let gap = g.gap; ; gap -= 0.25) {
      const reach = g.first + (n + 0.8) * gap, tip = along(points, reach);
      const shift = Math.max(0, tip[0] + g.head * (NOSE - NAPE[0]) + 2 - g.size[0]);
      const close = Math.min(1, (gap / g.gap) * 1.04), first = along(points, g.first + gap);
      if (gap > 8 && shift > 0 && (gap > g.snug || first[0] - shift < g.radius[0] * close + 2)) continue;
      const span = points.at(-1)[2];
      const beads = Array.from({ length: n + 1 }, (_, t) => {
        const [x, y] = along(points, g.first + t * gap), far = Math.min(1, (t * gap) / (0.75 * span));
        const radius = close * (g.radius[0] + (g.radius[1] - g.radius[0]) * far);
        const letter = Math.max(g.least, close * (g.letter[0] + (g.letter[1] - g.letter[0]) * far));
        return { x, y, radius, letter };
      });
      return { beads, reach, tip, shift };
    }
  }

  const near = (x) => +x.toFixed(1);

  /* The flesh of a neck: thick at the shoulder, thin at the head. */
  function outline(name) {
    const [shoulder, middle, thin] = LAYOUTS[name].thick, points = necks[name], long = points.at(-1)[2];
    const left = [], right = [];
    for (let i = 0; i <= 120; i++) {
      const s = (i / 120) * long, [x, y] = along(points, s), [ax, ay] = along(points, Math.max(0, s - 2)), [bx, by] = along(points, s + 2);
      const norm = Math.hypot(bx - ax, by - ay), [dx, dy] = [(bx - ax) / norm, (by - ay) / norm];
      const share = i / 120, half = (share < 0.12 ? middle + (shoulder - middle) * (1 - share / 0.12) ** 2 : middle + ((thin - middle) * (share - 0.12)) / 0.88) / 2;
      left.push(`${near(x - dy * half)} ${near(y + dx * half)}`);
      right.unshift(`${near(x + dy * half)} ${near(y - dx * half)}`);
    }
    return `M${[...left, ...right].join("L")}Z`;
  }

  function beads(name, { letters, given, at }) {
    return posture(name, letters.length).beads.map(({ x, y, radius, letter }, t) => {
      const kind = ["bead", t ? (t <= given ? "given" : "") : "start", t === at ? "here" : ""].filter(Boolean).join(" ");
      const mark = `<circle cx="${near(x)}" cy="${near(y)}" r="${near(t ? radius : radius / 2)}"/>`;
      return `<g class="${kind}">${mark}${t ? `<text x="${near(x)}" y="${near(y)}" font-size="${near(letter)}">${letters[t - 1]}</text>` : ""}</g>`;
    }).join("");
  }

  /* What the chart shows: for each symbol the heights of both models and the label above them.
     The chart ends at 25, 50 or 100 percent, whichever holds all. */
  function heights(name, network, counter, next) {
    const g = LAYOUTS[name], top = [0.25, 0.5, 1].find((t) => Math.max(...network, ...counter) <= 0.96 * t) ?? 1;
    const order = [...network.keys()].sort((a, b) => network[b] - network[a]);
    const told = []; // the letter that came and the likeliest three, where there is room
    for (const k of [next, ...order.slice(0, 3)]) {
      const room = told.every((other) => Math.abs(center(g, other) - center(g, k)) > 2.7 * g.text);
      if (k !== null && (k === next || network[k] > 0.01) && room) told.push(k);
    }
    const columns = Array.from(network, (p, k) => ({
      network: Math.min(1, p / top), counter: counter[k] > 0.005 ? Math.min(1, counter[k] / top) : 0,
      label: told.includes(k) ? (p < 0.01 ? "<1 %" : `${Math.round(100 * p)} %`) : "",
    }));
    return { columns, top: `${100 * top} %`, crowded: columns[END].network > 0.75 };
  }
  const center = (g, k) => (k === END ? g.left + 26 * g.slot + g.end / 2 : g.left + (k - 0.5) * g.slot);
  const labelY = (g, column) => near(g.base - g.tall * Math.max(column.network, column.counter) - 6);

  function chart(name, network, counter, next) {
    const g = LAYOUTS[name], shown = heights(name, network, counter, next), right = g.left + 26 * g.slot + g.end;
    const trees = shown.columns.map((column, k) => {
      const x = center(g, k), wide = 0.72 * g.slot;
      return `<g class="tree${k === next ? " next" : ""}">` +
        `<rect x="${near(x - wide / 2)}" y="${near(g.base - g.tall)}" width="${near(wide)}" height="${g.tall}" rx="2" style="transform: scaleY(${Math.max(0.004, column.network).toFixed(4)})"/>` +
        `<line class="count" x1="${near(x - 0.42 * g.slot)}" x2="${near(x + 0.42 * g.slot)}" y1="${g.base}" y2="${g.base}" style="transform: translateY(${near(-column.counter * g.tall)}px); opacity: ${+(column.counter > 0)}"/>` +
        `<text class="percent" x="${near(Math.max(g.left + 15, Math.min(x, right - 17)))}" y="${labelY(g, column)}" font-size="${g.text}">${column.label.replace("<", "&lt;")}</text>` +
        `<text class="letter" x="${near(x)}" y="${g.base + g.below}" font-size="${g.text}">${k === END ? "end" : SYMBOLS[k]}</text></g>`;
    });
    return `<line class="top" x1="${near(right - 4 * g.slot)}" x2="${near(right)}" y1="${g.base - g.tall}" y2="${g.base - g.tall}"/>` +
      `<text class="full" x="${near(right)}" y="${g.base - g.tall - 6}" font-size="${g.text}"${shown.crowded ? ' opacity="0"' : ""}>${shown.top}</text>` +
      trees.join("");
  }

  const neckStyle = ({ reach }) => `${near(reach)} 9999`;
  const headStyle = (name, { tip }) => `translate(${near(tip[0])}px, ${near(tip[1])}px) scale(${LAYOUTS[name].head}) translate(${-NAPE[0]}px, ${-NAPE[1]}px)`;
  const walkStyle = ({ shift }) => `translate(${near(-shift)}px, 0px)`;

  /* The whole picture; `network` and `counter` are what each expects after the first `at` letters. */
  function scene(name, state) {
    const g = LAYOUTS[name], [width, height] = g.size, [x, y, scale] = g.body, now = posture(name, state.letters.length);
    const [start, ...curves] = g.neck, line = `M${start.join(" ")}${curves.map((c) => `C${c.join(" ")}`).join("")}`;
    const ground = (at) => `<line class="ground" x1="0" x2="${width}" y1="${at}" y2="${at}"/>`;
    return `<g class="grove" role="img" aria-label="${state.said ?? ""}">${chart(name, state.network, state.counter, state.next)}</g>` +
      ground(g.ground) + (g.base === g.ground ? "" : ground(g.base)) +
      `<g class="walk" style="transform: ${walkStyle(now)}">` +
      `<path class="dino" transform="translate(${x} ${y}) scale(${scale})" d="${BODY}"/>` +
      `<mask id="grown-${name}" maskUnits="userSpaceOnUse" x="0" y="-40" width="1500" height="${height + 40}"><path class="neckline" d="${line}" stroke-width="${2 * g.thick[0]}" style="stroke-dasharray: ${neckStyle(now)}"/></mask>` +
      `<g class="neck"><path class="flesh" d="${outline(name)}" mask="url(#grown-${name})"/>` +
      `<g class="head" style="transform: ${headStyle(name, now)}"><path d="${HEAD}"/><circle cx="279" cy="27" r="2.6"/></g>` +
      `<g class="beads">${beads(name, state)}</g></g></g>`;
  }

  return { SYMBOLS, END, LAYOUTS, posture, beads, heights, center, labelY, neckStyle, headStyle, walkStyle, scene };
})();
