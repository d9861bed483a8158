/* The questions of "Check yourself" become choices, each answer explained when it is given.
   What was answered is kept; without this script, answers and reasons are lists. */
(() => {
  "use strict";
  const KEY = "nd-quiz"; // {id of a question: its answers in the order in which they were tried}
  const store = { // localStorage, where a browser grants it
    get() { try { return JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { return {}; } },
    set(id, tried) {
      const all = this.get(); // as other pages have left it
      if (tried.length) all[id] = tried; else delete all[id];
      try { localStorage.setItem(KEY, JSON.stringify(all)); } catch { /* private window */ }
    },
  };
  const el = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const line = (item) => [...item.querySelector("p").childNodes];

  /* A question: its fieldset, and what to ask of it. */
  function ask(block, changed) {
    const id = block.id, reasons = [...block.querySelectorAll(".reasons > li")];
    const isRight = (i) => reasons[i].classList.contains("right");
    const said = el("div", { class: "quiz-said", role: "status" });
    const hint = el("p", { class: "quiz-hint", id: `${id}-hint` }, "Arrow keys move, Enter answers.");
    const inputs = [], marks = [];
    const labels = [...block.querySelectorAll(".quiz-answers > li")].map((item, i) => {
      inputs.push(el("input", { type: "radio", name: id, value: i }));
      marks.push(el("span", { class: "quiz-mark" }));
      return el("label", {}, inputs[i], el("span", {}, ...line(item), " ", marks[i]));
    });
    const question = el("fieldset", { class: "quiz-question", id, "aria-describedby": hint.id },
      el("legend", {}, ...block.querySelector(".quiz-asked").childNodes), ...labels, el("div", { class: "quiz-foot" }, hint, said));
    let tried = [];

    const show = (last) => {
      labels.forEach((label, i) => {
        const name = tried.includes(i) ? (isRight(i) ? "right" : "wrong") : "";
        label.className = name;
        marks[i].textContent = name;
        inputs[i].checked = i === last;
      });
      said.className = last === undefined ? "quiz-said" : `quiz-said ${isRight(last) ? "right" : "wrong"}`;
      said.replaceChildren(...(last === undefined ? [] : [el("p", {}, ...line(reasons[last].cloneNode(true)))]));
    };
    const answer = (i) => {
      if (!tried.includes(i)) store.set(id, tried = [...tried, i]);
      show(i);
      changed();
    };
    /* Arrow keys choose as they move, and must not answer: whoever passes by keyboard would be told. */
    let moving = false;
    question.addEventListener("keydown", (event) => {
      const i = inputs.indexOf(event.target);
      if (i < 0) return;
      moving = event.key.startsWith("Arrow");
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); answer(i); }
    });
    question.addEventListener("keyup", () => { moving = false; });
    inputs.forEach((input, i) => input.addEventListener("click", () => { if (!moving) answer(i); }));

    const stored = store.get()[id];
    if (Array.isArray(stored)) tried = stored.filter((i) => i in inputs);
    block.replaceWith(question);
    show(tried.at(-1));
    return {
      focus: () => inputs[0].focus(),
      forget: () => { store.set(id, tried = []); show(); },
      get answered() { return tried.length > 0; },
      get rightAtOnce() { return tried.length > 0 && isRight(tried[0]); },
    };
  }

  for (const quiz of document.querySelectorAll(".quiz")) {
    const score = el("span", { role: "status" }), again = el("button", { type: "button" }, "Try again");
    const end = el("p", { class: "quiz-end" }, score, " ", again);
    let questions = [];
    const sum = () => {
      const count = (what) => questions.filter((question) => question[what]).length;
      const answered = count("answered"), all = questions.length;
      score.textContent = answered === 0 ? "Each answer is explained. What you choose stays in this browser."
        : answered < all ? `${answered} of ${all} answered.`
        : `${count("rightAtOnce")} of ${all} right at the first try.`;
      again.hidden = answered === 0;
    };
    questions = [...quiz.querySelectorAll(".quiz-question")].map((block) => ask(block, sum));
    again.addEventListener("click", () => {
      questions.forEach((question) => question.forget());
      sum();
      questions[0].focus();
    });
    quiz.append(end);
    sum();
  }
})();
