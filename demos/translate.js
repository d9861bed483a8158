/* Translate: English to French word by word, and where each French word looked.
   Chapter 19.  `read` is rnnlib's Encoder, `write` one step of its Decoder with attention. */
"use strict";

{
  /** A matrix from whole numbers of 8 bits and one scale for each of its rows. */
  const matrix = ({ shape: [rows, columns], ints, scale }) => {
    const small = new Int8Array(Demos.bytes(ints).buffer), scales = Demos.floats(scale);
    const out = new Float64Array(rows * columns);
    for (let k = 0; k < out.length; k++) out[k] = small[k] * scales[Math.floor(k / columns)];
    return out;
  };

  /** The network: every weight by its name in rnnlib, and the layers that `gruStep` reads. */
  const network = ({ hidden, weights }) => {
    const w = {};
    for (const [name, packed] of Object.entries(weights)) {
      w[name] = typeof packed === "string" ? Demos.floats(packed) : matrix(packed);
    }
    const layer = name => Object.fromEntries(
      ["W_xh", "W_hh", "b_h", "b_hn"].map(part => [part, w[`${name}.${part}`]]));
    return {
      hidden, w, forward: layer("encoder.forward"), backward: layer("encoder.backward"),
      decoder: layer("decoder"),
    };
  };

  const row = (W, id, width) => W.subarray(id * width, (id + 1) * width);
  const joined = (a, b) => Float64Array.of(...a, ...b);
  const squashed = (x, W, b) => Demos.linear(x, W, b).map(Math.tanh);
  const width = (net, table) => net.w[`${table}.W_xh`].length / net.w[`${table}.b_h`].length;

  /** Reads a source in both directions: the states at each word, their part of the attention's
      score, and where the decoder starts. */
  const read = (net, ids) => {
    const E = width(net, "encoder.forward");
    const pass = (layer, order) => {
      const states = [];
      let state = { h: new Float64Array(layer.b_hn.length) };
      for (const s of order) {
        state = Demos.gruStep(layer, row(net.w["source_embedding.W"], ids[s], E), state);
        states[s] = state.h;
      }
      return [states, state.h];
    };
    const there = ids.map((_, s) => s);
    const [forth, last] = pass(net.forward, there);
    const [back, first] = pass(net.backward, there.toReversed());
    const keys = forth.map((h, s) => joined(h, back[s]));
    const bridge = squashed(joined(last, first), net.w["encoder.bridge.W_hy"], net.w["encoder.bridge.b_y"]);
    return { keys, scored: keys.map(k => Demos.times(k, net.w["attention.W_k"])), state: { h: bridge } };
  };

  /** Writes one more word: the next state, what it pays to each source word, and p. */
  const write = (net, { keys, scored }, id, before) => {
    const E = width(net, "decoder"), v = net.w["attention.v"];
    const state = Demos.gruStep(net.decoder, row(net.w["target_embedding.W"], id, E), before);
    const query = Demos.times(state.h, net.w["attention.W_q"]);
    const score = k => Demos.sum(v.map((w, a) => w * Math.tanh(query[a] + k[a])));
    const weights = Demos.softmax(scored.map(score));
    const answer = new Float64Array(net.hidden);
    keys.forEach((key, s) => key.forEach((k, j) => { answer[j] += weights[s] * k; }));
    const hidden = squashed(joined(state.h, answer), net.w["combine.W_hy"], net.w["combine.b_y"]);
    const p = Demos.softmax(Demos.linear(hidden, net.w["output.W_hy"], net.w["output.b_y"]));
    return { state, weights, p };
  };

  /** Takes the most probable word at each step; ends at the end mark, whose id is 0. */
  const translate = (net, ids, longest = 25) => {
    const source = read(net, ids), written = [];
    for (let id = 0, state = source.state; written.length < longest;) {
      const step = write(net, source, id, state);
      id = Demos.argmax(step.p);
      written.push({ id, p: step.p, weights: step.weights });
      if (id === 0) break;
      state = step.state;
    }
    return written;
  };

  /** The words of a sentence as the vocabulary has them: 's apart, a full stop at the end. */
  const cut = text => {
    const words = text.toLowerCase().replace(/[’']s\b/g, " 's").replace(/[.!?]+\s*$/, "")
      .split(/[\s,]+/).filter(Boolean);
    return words.length ? [...words, "."] : [];
  };

  /** The words nearest to one that is not known. */
  const near = (word, known, count = 4) => {
    const far = new Map(known.map(w => [w, Demos.editDistance(word, w)]));
    return known.toSorted((a, b) => far.get(a) - far.get(b)).slice(0, count);
  };

  const percent = p => `${Math.round(100 * p)}%`;

  /** The alignment: a row for each French word, a column for each English one. */
  const picture = (width, english, french, rows, chosen, onPick) => {
    const { svg } = Demos, size = 12.5;
    const left = 6 + 7.2 * Math.max(...french.map(w => w.length));
    const top = 10 + 6.6 * Math.max(...english.map(w => w.length));
    const cell = Math.min(52, (width - left) / english.length), tall = Math.max(22, Math.min(30, cell));
    const parts = english.map((word, s) => svg("text", {
      transform: `translate(${left + (s + 0.5) * cell + 4} ${top - 6}) rotate(-90)`, "font-size": size,
    }, word));
    rows.forEach((weights, t) => {
      const y = top + t * tall;
      parts.push(svg("text", {
        x: left - 6, y: y + tall / 2 + 4, "text-anchor": "end", "font-size": size,
        class: t === chosen ? "translate-at" : null,
      }, french[t]));
      weights.forEach((w, s) => {
        const box = { x: left + s * cell + 0.5, y: y + 0.5, width: cell - 1, height: tall - 1 };
        parts.push(svg("rect", { ...box, class: "translate-cell" }),
          svg("rect", { ...box, class: "translate-fill", opacity: w.toFixed(3) }));
      });
      parts.push(svg("rect", {
        class: "translate-pick", x: 0, y, width, height: tall, onClick: () => onPick(t),
      }));
    });
    parts.push(svg("rect", {
      class: "translate-frame", x: left, y: top + chosen * tall, width: cell * english.length, height: tall,
    }));
    return svg("svg", { width, height: top + rows.length * tall + 2, "aria-hidden": "true" }, parts);
  };

  const mount = (root, data) => {
    const { el } = Demos, net = network(data.network), { source, target, asked } = data;
    const known = source.filter(word => /[a-z]/.test(word));
    let run = 0, next = 0, now = null;

    const box = Demos.textBox({
      label: "An English sentence", maxLength: 120,
      onInput: () => { check(); }, onEnter: () => begin(),
    });
    const hints = el("div", { class: "translate-hints" });
    const go = Demos.button("Translate", () => begin(), { class: "demo-button demo-first" });
    const another = Demos.button("A sentence it never met", () => {
      box.set(asked[next][0].replace(" .", ".").replaceAll(" 's", "'s"));
      next = (next + 1) % asked.length;
      begin();
    });
    const english = el("p", { class: "translate-words" });
    const french = el("div", { class: "translate-words", role: "group", "aria-label": "The translation" });
    const verdict = el("p", { class: "demo-note translate-verdict" });
    const grid = el("div", { class: "translate-grid" });
    const list = el("details", { class: "translate-vocabulary" },
      el("summary", null, `The ${known.length} words that it knows`),
      el("p", { lang: "en" }, known.join(", ")));
    root.append(box, hints, el("div", { class: "demo-row" }, go, another), english, french, verdict, grid, list);
    const say = Demos.live(root);

    const strange = () => cut(box.input.value).filter(word => !source.includes(word));

    /** Offers words for the one that is being typed, and names those that are not known. */
    const check = () => {
      const text = box.input.value, [part] = /[^\s]*$/.exec(text.toLowerCase());
      const unknown = strange().filter(word => word !== part || !known.some(w => w.startsWith(part)));
      const begun = part && known.filter(w => w.startsWith(part) && w !== part).slice(0, 6);
      const replace = (old, word) => {
        const at = text.toLowerCase().lastIndexOf(old);
        box.set(text.slice(0, at) + word + (text.slice(at + old.length) || " "));
        box.input.focus();
        check();
      };
      const offer = (old, words) => words.map(word =>
        Demos.button(word, () => replace(old, word), { class: "demo-button translate-hint" }));
      hints.replaceChildren(...(unknown.length
        ? [el("span", null, `It never learnt “${unknown[0]}”. Near it:`), ...offer(unknown[0], near(unknown[0], known))]
        : begun?.length ? [el("span", null, "Words that begin so:"), ...offer(part, begun)] : []));
      box.input.setAttribute("aria-invalid", unknown.length > 0);
      go.disabled = strange().length > 0 || cut(text).length === 0;
    };

    const begin = () => {
      check();
      if (go.disabled) {
        if (strange().length) say(hints.textContent);
        return;
      }
      const words = cut(box.input.value), mine = ++run;
      const steps = translate(net, words.map(word => source.indexOf(word)));
      now = { words, steps, chosen: 0, shown: 0 };
      lay();
      if (Demos.calm()) {
        now.shown = steps.length;
        show();
        return finish();
      }
      const tick = () => {
        if (mine !== run) return;
        now.chosen = now.shown++;
        show();
        if (now.shown < steps.length) setTimeout(tick, 220);
        else finish();
      };
      tick();
    };

    const finish = () => {
      const text = spoken(), right = asked.find(([e]) => cut(e).join(" ") === now.words.join(" "));
      verdict.textContent = !right ? "" : right[1] === text ? "Right, word for word."
        : `The grammar says: ${right[1]}`;
      say(`${text} ${verdict.textContent}`);
      now.chosen = 0;
      show();
    };

    const name = ({ id }) => (id === 0 ? "⏎" : target[id]);
    const spoken = () => now.steps.filter(s => s.id !== 0).map(name).join(" ");

    const pick = t => {
      if (t < 0 || t >= now.shown) return;
      now.chosen = t;
      show();
      const { weights } = now.steps[t], best = Demos.argmax(weights);
      say(`${name(now.steps[t])} looked at ${now.words[best]}, ${percent(weights[best])}`);
    };

    /** Puts up the English words of a new run, and takes the French ones away. */
    const lay = () => {
      english.replaceChildren(...now.words.flatMap(word => [
        el("span", { class: "translate-seen" }, el("i"), el("b", null, word)), " "]));
      french.replaceChildren();
      verdict.textContent = "";
    };

    const wordButton = (step, t) => Demos.button(name(step), () => pick(t), {
      class: "demo-button translate-word", lang: "fr", "aria-label": step.id === 0 ? "end mark" : null,
      onPointerenter: e => { if (e.pointerType === "mouse" && now.shown === now.steps.length) pick(t); },
      onKeydown: e => {
        const to = { ArrowRight: t + 1, ArrowLeft: t - 1, Home: 0, End: now.shown - 1 }[e.key];
        if (to === undefined) return;
        e.preventDefault();
        pick(to);
        french.children[now.chosen].focus();
      },
    });

    const show = () => {
      const { words, steps, chosen, shown } = now, part = steps.slice(0, shown);
      for (let t = french.children.length; t < shown; t++) french.append(wordButton(steps[t], t));
      [...french.children].forEach((button, t) => {
        button.setAttribute("aria-pressed", String(t === chosen));
        button.tabIndex = t === chosen ? 0 : -1;
      });
      [...english.children].forEach((span, s) => {
        span.firstChild.style.opacity = steps[chosen].weights[s].toFixed(3);
      });
      grid.replaceChildren(picture(grid.clientWidth || 588, words, part.map(name),
        part.map(s => s.weights), chosen, pick));
    };

    box.set(data.start);
    check();
    const words = cut(data.start);
    const steps = translate(net, words.map(word => source.indexOf(word)));
    now = { words, steps, chosen: 0, shown: steps.length };
    lay();
    show();
    new ResizeObserver(() => show()).observe(grid);
  };

  Demos.add("translate", {
    title: "Translate, and see where each word looked", mount, matrix, network, read, write, translate, cut, near,
  });
}
