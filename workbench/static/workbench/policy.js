// The decision form: work that stays with people has no tool, so the last step says so and closes. The server decides all the same.
(function () {
  "use strict";
  const form = document.getElementById("policy-form");
  if (!form) return;
  const rung = form.querySelector("[data-tool]");
  const field = rung.querySelector("select");
  const notes = form.querySelectorAll("[data-only-with-ai]");

  const usualLine = form.querySelector("[data-usual-line]");
  const usual = JSON.parse(document.getElementById("usual-points").textContent);
  const boxes = (category) => (usual[category] || []).map((name) => document.getElementById(`id_point_${name}`)).filter(Boolean);

  function show() {
    const chosen = form.querySelector("input[name='category']:checked");
    const people = Boolean(chosen) && chosen.value === "human_only";
    notes.forEach((note) => { note.hidden = !people; });
    rung.classList.toggle("is-locked", people);
    field.disabled = people;
    usualLine.hidden = !chosen || !boxes(chosen.value).some((box) => !box.checked);
  }
  form.querySelector("[data-usual]").addEventListener("click", () => {
    const chosen = form.querySelector("input[name='category']:checked");
    const open = boxes(chosen.value).filter((box) => !box.checked);
    open.forEach((box) => { box.checked = true; });
    open[0]?.focus();
    show();
  });
  form.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
  // A single error has no summary on top; the field itself comes into view.
  if (!document.querySelector("[data-focus]")) {
    form.querySelector(".has-error :is(input, textarea, select)")?.focus();
  }
})();
// An example of a goal fills measure, unit and source, and an empty date with the end of the next quarter; figures are the leader's own.
document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-goal]");
  if (!chip) return;
  for (const name of ["measure", "unit", "source"]) {
    const field = document.getElementById(`id_${name}`);
    if (field) field.value = chip.dataset[name];
  }
  const due = document.getElementById("id_due");
  if (due && !due.value) {
    const today = new Date();
    const end = new Date(Date.UTC(today.getFullYear(), (Math.floor(today.getMonth() / 3) + 2) * 3, 0));
    due.value = end.toISOString().slice(0, 10);
  }
  document.getElementById("id_baseline")?.focus();
});
