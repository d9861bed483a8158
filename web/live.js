/* Naming Dinosaurs, live Python: the cells of a page, and the line above the first of them. */
"use strict";
(() => {
  const el = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const button = (label, click, extra = {}) => {
    const made = el("button", { type: "button", textContent: label, className: "live-button", ...extra });
    made.addEventListener("click", click);
    return made;
  };
  const hash = text => {
    let h = 2166136261;
    for (const c of text) h = Math.imul(h ^ c.codePointAt(0), 16777619);
    return (h >>> 0).toString(36);
  };
  const storage = { /* may be forbidden */
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { if (value === null) localStorage.removeItem(key); else localStorage.setItem(key, value); } catch { /* then it is not kept */ } },
  };

  /* 1. The cells of the page ------------------------------------------------ */
  const cells = [];
  for (const box of document.querySelectorAll(".bd-article div.cell")) {
    const pre = box.querySelector(".cell_input pre");
    if (!pre || box.querySelector(".demo")) continue;
    const original = pre.textContent.replace(/\n$/, "");
    const key = hash(original), same = cells.filter(c => c.key.split("-")[0] === key).length;
    cells.push({
      box, pre, original, key: same ? `${key}-${same}` : key, html: [...pre.childNodes], source: original, ran: null,
      marked: box.classList.contains("tag_live"), long: box.classList.contains("tag_live-skip"), number: cells.length + 1,
    });
  }
  if (!cells.length) return;
  const place = cell => `live:${location.pathname}:${cell.key}`;
  const byKey = key => cells.find(cell => cell.key === key);

  let python = null, running = null, online = false, patience = 0;
  const queue = [];

  /* 2. The line above the first cell --------------------------------------- */
  const words = el("span", { className: "live-words" });
  const bar = el("progress", { max: 1, hidden: true });
  bar.setAttribute("aria-label", "Loading Python");
  const announced = el("span", { className: "live-announced" });
  announced.setAttribute("role", "status");
  const whole = button("Make this page live", () => { cells.forEach(equip); whole.hidden = true; all.hidden = false; wake(line).catch(() => {}); });
  const all = button("Run all cells", () => cells.forEach(ask), { hidden: true });
  const restart = button("Restart Python", () => { forget("Python is restarted, its variables are gone."); wake(line).catch(() => {}); }, { hidden: true });
  const line = el("div", { className: "live-line" }, whole, all, restart, words, bar, announced);
  line.setAttribute("role", "group");
  line.setAttribute("aria-label", "Live Python");
  say("Change the code and run it in your browser.");
  const { repository, notebook } = typeof LIVE_PAGE === "undefined" ? {} : LIVE_PAGE;
  const github = /github\.com\/([^/]+\/[^/]+?)(?:\.git|\/)?$/.exec(repository ?? "")?.[1];
  if (github) {
    const link = (text, href) => el("a", { textContent: text, href, className: "live-link" });
    line.append(link("Binder", `https://mybinder.org/v2/gh/${github}/HEAD?labpath=${encodeURIComponent(notebook)}`),
      link("Colab", `https://colab.research.google.com/github/${github}/blob/HEAD/${notebook}`));
  }
  cells[0].box.before(line);

  function say(text, share) {
    words.textContent = text;
    bar.hidden = share === undefined || share === 1;
    if (share == null) bar.removeAttribute("value"); else bar.value = share;
    if (running) running.status.textContent = text;
  }
  const announce = text => { announced.textContent = text; };

  /* 3. Starting and stopping ------------------------------------------------ */
  const offer = el("div", { className: "live-offer" });
  async function wake(near) {
    if (python) return python.ready;
    const files = online || await Live.sizes();
    if (!files) return new Promise((done, fail) => {
      const yes = button(`Load Python from ${Live.host}`, () => { online = true; offer.remove(); wake(near).then(done, fail); });
      offer.replaceChildren(el("p", { textContent:
        "Python is not next to this copy of the book: make live puts it there. It can also be loaded from " +
        `${Live.host}, about 10 MB, and 10 MB more for figures. That asks another host, which sees your address.` }), yes);
      near.after(offer);
      yes.focus();
      say("Python is not next to this copy of the book.");
      announce("Python is not next to this copy of the book.");
    });
    restart.hidden = false;
    const began = performance.now();
    const mine = python = new Live.Python(online, heard, say);
    try {
      await mine.ready;
      line.dataset.ready = ((performance.now() - began) / 1000).toFixed(1);
      say("Python is ready.", 1);
      announce("Python is ready.");
    } catch (error) {
      if (python === mine) { python = null; say(`Python could not be started. ${error.message}`, 1); announce(words.textContent); }
      throw error;
    }
  }

  function forget(text) {
    python?.end();
    python = null;
    for (const cell of cells) cell.ran = null;
    const stopped = running;
    queue.length = 0;
    running = null;
    if (stopped) finish(stopped, "stopped");
    say(text, 1);
    announce(text);
  }

  function interrupt(cell) {
    if (running !== cell) { queue.splice(queue.indexOf(cell), 1); finish(cell, ""); return; }
    queue.splice(0).forEach(other => finish(other, ""));
    cell.status.textContent = "stopping";
    if (!python?.interrupt()) { forget("Python was stopped: its variables are gone, your code is kept."); return; }
    clearTimeout(patience);
    patience = setTimeout(() => forget("Python did not listen and was stopped: its variables are gone, your code is kept."), 5000);
  }

  /* 4. Running -------------------------------------------------------------- */
  function ask(cell) {
    if (running === cell || queue.includes(cell)) return;
    equip(cell);
    cell.go.textContent = "Stop";
    cell.status.textContent = "waiting";
    queue.push(cell);
    next();
  }

  async function next() {
    if (running || !queue.length) return;
    const cell = running = queue.shift();
    cell.state = null;
    try { await wake(cell.tools); } catch { if (running === cell) { running = null; finish(cell, words.textContent); next(); } return; }
    if (running !== cell) return;
    cell.status.textContent = "running";
    const above = cells.slice(0, cells.indexOf(cell) + 1);
    python.run(above.map(c => ({ id: c.key, source: c.source, done: c !== cell && c.ran === c.source, long: c.long })));
  }

  const counted = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;
  function heard(message) {
    const cell = byKey(message.cell), goal = running;
    if (!goal) return;
    if (message.type === "plan") {
      goal.plan = message;
      clear(goal);
    } else if (message.type === "running") {
      const n = message.of - 1, out = goal.plan.out.length;
      say(message.count <= n
        ? `running ${counted(n, "cell")} above first, ${message.count} of ${n}` + (out ? `; leaving out ${out} that it does not need` : "")
        : "running");
      cell.sent = cell.source;
      cell.held = [];
      if (message.count === 1) announce(n ? `Running ${counted(n, "cell")} above first` : "Running");
    } else if (message.type === "output") {
      for (const part of message.parts) {
        if (part.kind === "progress") { if (part.text) goal.status.textContent = part.text; }
        else if (cell === goal) show(cell, part);
        else cell.held.push(part);
      }
    } else if (message.type === "ran") {
      if (message.state === "done" || message.state === "check") cell.ran = cell.sent;
      if (cell === goal) { goal.state = message.state; goal.seconds = message.seconds; }
      else if (message.state === "failed" && message.needed) { goal.state = "above"; equip(cell); clear(cell); cell.held.forEach(part => show(cell, part)); unfold(cell); goal.culprit = cell; }
      else if (message.state === "interrupted") goal.state = "interrupted";
    } else if (message.type === "finished") {
      running = null;
      const took = goal.seconds < 0.95 ? "" : ` in ${goal.seconds.toFixed(goal.seconds < 9.5 ? 1 : 0)} s`;
      finish(goal, { done: `done${took}`, check: "a check does not hold", failed: "stopped by an error", interrupted: "interrupted", above: `cell ${goal.culprit?.number} above stopped with an error` }[goal.state] ?? "");
      say("Python is ready.", 1);
      next();
    } else if (message.type === "broken") forget(`Python stopped: ${message.text}`);
  }

  function finish(cell, text) {
    if (running === null) clearTimeout(patience);
    cell.go.textContent = "Run";
    cell.status.textContent = text;
    cell.box.dataset.live = cell.state ?? "";
    if (text) announce(text);
  }

  /* 5. Output --------------------------------------------------------------- */
  const MOST = 200000;
  function clear(cell) { cell.output.replaceChildren(); cell.length = 0; cell.output.hidden = true; }
  function show(cell, { kind, text }) {
    cell.output.hidden = false;
    if (kind === "html" || kind === "svg") { cell.output.append(el("div", { className: `live-${kind}`, innerHTML: text })); return; }
    if (cell.length > MOST) return;
    cell.length += text.length;
    if (cell.length > MOST) text = `${text.slice(0, MOST)}\n… and more, which is not shown`;
    const last = cell.output.lastElementChild;
    if (last?.dataset.kind === kind && kind.startsWith("std")) last.append(text);
    else {
      const made = el("pre", { className: `live-${kind}`, textContent: text });
      made.dataset.kind = kind;
      cell.output.append(made);
    }
  }

  function unfold(cell) { const fold = cell.pre.closest("details"); if (fold) fold.open = true; }

  /* 6. What a cell gets ------------------------------------------------------ */
  function edit(cell, focus = true) {
    if (!cell.editor) {
      cell.editor = Live.edit(cell.pre, {
        label: `Code of cell ${cell.number}. Shift and Enter run it, Escape leaves it.`, source: cell.source,
        change(text) { cell.source = text; keep(cell); }, run() { ask(cell); }, leave() { cell.go.focus(); },
      });
      cell.change.hidden = true;
    }
    if (focus) { unfold(cell); cell.editor.area.focus(); }
  }
  function keep(cell) {
    const changed = cell.source !== cell.original;
    cell.reset.hidden = !changed;
    cell.box.classList.toggle("live-changed", changed);
    storage.set(place(cell), changed ? cell.source : null);
  }
  function reset(cell) {
    cell.source = cell.original;
    cell.editor = null;
    cell.pre.replaceChildren(...cell.html);
    cell.pre.classList.remove("live-edited");
    cell.change.hidden = false;
    keep(cell);
    cell.change.focus();
  }
  function equip(cell) {
    if (cell.tools) return;
    const named = (what, click, extra) => {
      const made = button(what, click, extra);
      made.setAttribute("aria-describedby", `live-cell-${cell.number}`);
      return made;
    };
    cell.go = named("Run", () => { if (running === cell || queue.includes(cell)) interrupt(cell); else ask(cell); });
    cell.change = named("Edit", () => edit(cell));
    cell.reset = named("Reset", () => reset(cell), { hidden: true });
    cell.status = el("span", { className: "live-status" });
    const number = el("span", { id: `live-cell-${cell.number}`, className: "live-announced", textContent: `cell ${cell.number}` });
    cell.tools = el("div", { className: "live-tools" }, cell.go, cell.change, cell.reset, cell.status, number);
    cell.output = el("div", { className: "live-output", hidden: true });
    cell.output.setAttribute("role", "group");
    cell.output.setAttribute("aria-label", `Your output of cell ${cell.number}`);
    cell.pre.closest(".cell_input").after(cell.tools);
    cell.box.append(cell.output);
    cell.box.classList.add("live");
    if (cell.long) cell.status.textContent = "takes longer than most";
  }

  for (const cell of cells) {
    const kept = storage.get(place(cell));
    if (cell.marked || kept !== null) equip(cell);
    if (kept !== null) { cell.source = kept; edit(cell, false); keep(cell); }
  }
})();
