// Forms: a count of characters, files by drop, submit on change, and no accidental second sending.
(function () {
  "use strict";

  // <output data-count-for="id_notes" data-count-text="{n} of {max} characters" data-count-max="8000">
  function count(output) {
    const field = document.getElementById(output.getAttribute("data-count-for"));
    if (!field) return;
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const max = Number(output.getAttribute("data-count-max") || field.maxLength);
    const length = Array.from(field.value).length;
    output.textContent = output.getAttribute("data-count-text").replace("{n}", number.format(length)).replace("{max}", number.format(max));
    output.classList.toggle("bad-text", max > 0 && length > max);
  }
  const countAll = () => document.querySelectorAll("[data-count-for]").forEach(count);
  document.addEventListener("input", (event) => {
    if (event.target.id) document.querySelectorAll(`[data-count-for="${CSS.escape(event.target.id)}"]`).forEach(count);
  });
  countAll();
  document.addEventListener("htmx:afterSwap", countAll);

  // <div class="drop" data-drop><input type="file"></div>: a dropped file goes into the field, as if it were chosen.
  const zone = (event) => (event.target instanceof Element ? event.target.closest("[data-drop]") : null);
  document.addEventListener("dragover", (event) => {
    const area = zone(event);
    if (!area || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    area.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => {
    const area = zone(event);
    if (area && !area.contains(event.relatedTarget)) area.classList.remove("is-over");
  });
  document.addEventListener("drop", (event) => {
    const area = zone(event);
    if (!area) return;
    event.preventDefault();
    area.classList.remove("is-over");
    const input = area.querySelector("input[type='file']");
    if (!input || !event.dataTransfer.files.length) return;
    const first = new DataTransfer();
    first.items.add(event.dataTransfer.files[0]);
    input.files = first.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // <select data-submit> sends its form when changed (filters).
  document.addEventListener("change", (event) => {
    if (event.target instanceof Element && event.target.matches("[data-submit]")) event.target.form?.requestSubmit();
  });

  // A plain form is sent once; coming back to the page opens it again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get" || form.method === "dialog") return;
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    form.setAttribute("data-sent", "");
    setTimeout(() => form.removeAttribute("data-sent"), 4000);
  });
  // <form data-download="#list">: the answer is a file; the list tells how far it is.
  document.addEventListener("submit", (event) => {
    const list = event.target.getAttribute("data-download");
    if (list) setTimeout(() => window.htmx.ajax("GET", location.pathname, { target: list, swap: "outerHTML" }), 700);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => form.removeAttribute("data-sent")));

  // <form data-warn-unsaved>: whoever leaves with changes that were not sent is asked first.
  const changed = (form) => Array.from(form.elements).some((field) => field.type === "checkbox" || field.type === "radio"
    ? field.checked !== field.defaultChecked
    : field.type === "select-one"
      ? Array.from(field.options).some((option) => option.selected !== option.defaultSelected && (option.defaultSelected || option.value))
      : "defaultValue" in field && field.value !== field.defaultValue);
  window.addEventListener("beforeunload", (event) => {
    const open = Array.from(document.querySelectorAll("form[data-warn-unsaved]:not([data-sent])"));
    if (open.some(changed)) event.preventDefault();
  });

  // <a data-print>: the browser's print dialog.
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-print]")) window.print();
    const copier = event.target instanceof Element && event.target.closest("[data-copy]");
    if (copier) {
      const source = document.getElementById(copier.getAttribute("data-copy"));
      navigator.clipboard?.writeText(source.value ?? source.textContent).then(() => {
        if (copier.dataset.copied) window.workbench.say(copier.dataset.copied);
      });
    }
  });
})();
