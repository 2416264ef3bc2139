// The pages of a run: switching between two views of a text, and the review desk.
(function () {
  "use strict";

  // <button data-show="raw" data-show-group="leaves">, <div data-shown="raw" data-shown-group="leaves">
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-show]");
    if (!button) return;
    const group = button.dataset.showGroup;
    document.querySelectorAll(`[data-show-group="${group}"]`).forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    document.querySelectorAll(`[data-shown-group="${group}"]`).forEach((one) => { one.hidden = one.dataset.shown !== button.dataset.show; });
  });

  // A file that somebody chose before htmx was listening is read now, unless the field holds a text already.
  window.addEventListener("load", () => {
    document.querySelectorAll("input[type=file][hx-post]").forEach((input) => {
      const text = input.closest(".field")?.querySelector("textarea");
      if (input.files.length && text && !text.value) window.htmx.trigger(input, "change");
    });
  });

  const desk = document.querySelector("[data-desk]");
  if (!desk) return;

  // How long the draft was open in front of somebody: only while the page is visible.
  const field = desk.querySelector("[data-seconds-open]");
  let seconds = 0;
  setInterval(() => {
    if (document.visibilityState === "visible") field.value = String((seconds += 1));
  }, 1000);

  // Edit: the draft becomes a field, and approving becomes “edit and approve”.
  const draft = desk.querySelector("[data-draft]");
  const editor = desk.querySelector("[data-editor]");
  const edited = desk.querySelector("[data-edited]");
  const approve = desk.querySelector("[data-approve]");
  function openEditor() {
    if (!editor || !edited) return;
    draft.hidden = true;
    editor.hidden = editor.disabled = false;
    edited.hidden = edited.disabled = false;
    approve.hidden = approve.disabled = true;
    editor.rows = Math.max(12, editor.value.split("\n").length + 4);
    editor.focus();
  }
  desk.querySelector("[data-edit]")?.addEventListener("click", openEditor);
  if (editor && !editor.hidden) openEditor();

  // J and K walk through the queue. Ctrl+K belongs to the jump dialog.
  document.addEventListener("keydown", (event) => {
    const inField = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    if (inField || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (localStorage.getItem("keys") === "off") return;
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (!step) return;
    const items = Array.from(desk.querySelectorAll("[data-queue-item]"));
    const here = items.findIndex((item) => item.hasAttribute("aria-current"));
    const next = items[here + step] || (here === -1 ? items[0] : null);
    if (next) next.click();
  });
})();
