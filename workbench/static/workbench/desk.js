// The review desk: marks and their source lines, editing, and the next draft in place. Everything works without this script
// too; the server decides what may be approved.
(function () {
  "use strict";
  const desk = () => document.querySelector("[data-desk]");
  const all = (selector) => Array.from(desk()?.querySelectorAll(selector) || []);
  const one = (selector) => desk()?.querySelector(selector);
  const many = (form, count) => count === 1 ? form.dataset.countOne : form.dataset.countMany.replace("{n}", count);
  let at = 0; // the mark that M went to last, from 1

  // How long this draft was open in front of somebody: only while the page is visible.
  setInterval(() => {
    const field = one("[data-seconds-open]");
    if (field && document.visibilityState === "visible") field.value = String(Number(field.value) + 1);
  }, 1000);

  function refresh() {
    const form = desk();
    if (!form) return;
    const open = all("[data-note]").filter((note) => !note.querySelector("[data-vouch]")?.checked);
    all("[data-note]").forEach((note) => {
      const vouched = !open.includes(note);
      note.classList.toggle("is-vouched", vouched);
      form.querySelectorAll(`[data-mark="${note.dataset.note}"]`).forEach((mark) => mark.classList.toggle("is-vouched", vouched));
    });
    all("[data-approve], [data-edited]").forEach((button) => {
      button.setAttribute("aria-disabled", String(open.length > 0));
      button.classList.toggle("is-locked", open.length > 0);
    });
    const line = one("[data-open-marks]");
    if (line) {
      line.hidden = open.length === 0;
      line.querySelector("[data-count]").textContent = many(form, open.length);
    }
    const tools = one("[data-mark-tools]");
    if (tools) tools.hidden = all("[data-note]").length === 0;
  }

  function lines(numbers, scroll) {
    all(".desk-source .is-near").forEach((line) => line.classList.remove("is-near"));
    const found = numbers.map((number) => document.getElementById(`line-${number}`)).filter(Boolean);
    found.forEach((line) => line.classList.add("is-near"));
    if (scroll) found[0]?.scrollIntoView({ block: "center" });
  }
  const numbersOf = (element) => {
    const sentence = element.closest("[data-lines]");
    return sentence && sentence.dataset.lines ? sentence.dataset.lines.split(" ") : [];
  };

  function note() { return one(`[data-note="${at}"]`); }
  function next() {
    const notes = all("[data-note]");
    if (!notes.length) return;
    const from = notes.slice(at).concat(notes.slice(0, at));
    const wanted = from.find((one) => !one.querySelector("[data-vouch]")?.checked) || from[0];
    at = Number(wanted.dataset.note);
    notes.forEach((one) => one.classList.toggle("is-now", one === wanted));
    const mark = document.getElementById(`mark-${at}`);
    const here = mark && mark.getClientRects().length ? mark : wanted.querySelector("input, button");
    here?.focus({ preventScroll: true });
    here?.scrollIntoView({ block: "center" });
    if (mark) lines(numbersOf(mark), false);
  }
  function openEditor() {
    const editor = one("[data-editor]");
    const edited = one("[data-edited]");
    if (!editor || !edited) return null;
    if (editor.hidden) {
      one("[data-draft]").hidden = true;
      editor.hidden = editor.disabled = edited.hidden = edited.disabled = false;
      const approve = one("[data-approve]");
      approve.hidden = approve.disabled = true;
      editor.rows = Math.max(12, editor.value.split("\n").length + 4);
    }
    return editor;
  }
  function remove(sentence) {
    const editor = openEditor();
    if (!editor) return;
    const from = editor.value.indexOf(sentence);
    if (from >= 0) {
      editor.value = editor.value.slice(0, from).replace(/ $/, "") + editor.value.slice(from + sentence.length);
      editor.dispatchEvent(new Event("input", { bubbles: true }));
    }
    editor.focus();
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target || !target.closest("[data-desk]")) return;
    if (target.closest("[data-edit]")) openEditor()?.focus();
    if (target.closest("[data-next-mark]")) next();
    if (target.closest("[data-mark-source]")) {
      const mark = document.getElementById(`mark-${at || 1}`);
      if (mark) lines(numbersOf(mark), true);
    }
    if (target.closest("[data-mark-vouch]")) {
      const box = (note() || one("[data-note]"))?.querySelector("[data-vouch]");
      if (box) { box.checked = !box.checked; refresh(); }
    }
    if (target.closest("[data-mark-remove]")) (note() || one("[data-note]"))?.querySelector("[data-remove]")?.click();
    const button = target.closest("[data-remove]");
    if (button) remove(button.dataset.remove);
    const sentence = target.closest(".sentence");
    if (sentence) lines(numbersOf(sentence), true);
  });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-vouch]")) refresh(); });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "content" || document.getElementById("content")?.contains(event.target)) {
      if (event.target.id === "content") { at = 0; document.getElementById("content").focus({ preventScroll: true }); }
      ready();
    }
  });
  // A locked button takes no Enter either.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-desk]") && event.submitter?.getAttribute("aria-disabled") === "true") {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);

  // In the editor: Ctrl+Enter approves the edited text, Escape leaves the field so that the other keys work.
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches("[data-editor]") || event.isComposing) return;
    if (event.key === "Escape") event.target.blur();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      const button = one("[data-edited]");
      if (button.getAttribute("aria-disabled") !== "true") button.click();
    }
  });

  // J and K walk through the queue. Ctrl+K belongs to the jump dialog.
  document.addEventListener("keydown", (event) => {
    const inField = event.target instanceof Element && event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (!desk() || inField || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    try { if (localStorage.getItem("keys") === "off") return; } catch { /* nothing remembered */ }
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (!step) return;
    const items = all("[data-queue-item]");
    const here = items.findIndex((item) => item.hasAttribute("aria-current"));
    (items[here + step] || (here === -1 ? items[0] : null))?.click();
  });

  function ready() {
    const editor = one("[data-editor]");
    if (editor && !editor.hidden) openEditor();
    refresh();
  }
  ready();
})();
