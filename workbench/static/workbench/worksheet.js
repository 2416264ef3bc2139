// The page of a worksheet: lines are added, moved and taken out, and what was typed last is kept when somebody leaves.
(function () {
  "use strict";
  const form = document.getElementById("sheet-form");
  if (!form) return;
  let made = 0;
  let waits = false;

  document.querySelectorAll("[data-line-tools], [data-line-add]").forEach((tool) => { tool.hidden = false; });

  function renumber(lines) {
    Array.from(lines.children).forEach((line, index) => { line.querySelector("[data-line-number]").textContent = String(index + 1); });
  }
  const told = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));

  function add(set) {
    const lines = set.querySelector(".sheet-lines");
    const line = set.querySelector("template").content.firstElementChild.cloneNode(true);
    made += 1;
    line.querySelectorAll("[id]").forEach((field) => {
      const id = `${field.id}-new-${made}`;
      line.querySelector(`label[for="${field.id}"]`)?.setAttribute("for", id);
      field.id = id;
    });
    line.querySelector("[data-line-tools]").hidden = false;
    lines.append(line);
    renumber(lines);
    line.querySelector("input, textarea, select").focus();
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const adder = target?.closest("[data-line-add]");
    if (adder) return add(adder.closest("[data-lines]"));
    const tool = target?.closest("[data-line]");
    if (!tool) return;
    const line = tool.closest(".sheet-line");
    const lines = line.parentElement;
    const way = tool.getAttribute("data-line");
    if (way === "up") line.previousElementSibling?.before(line);
    if (way === "down") line.nextElementSibling?.after(line);
    if (way === "away") {
      const next = line.nextElementSibling || line.previousElementSibling;
      line.remove();
      if (next) next.querySelector("[data-line='away']").focus(); else add(lines.closest("[data-lines]"));
    } else {
      tool.focus();
    }
    renumber(lines);
    told(lines);
  });

  // Enter in a line of text is no decision: finishing is a button, or Ctrl and Enter.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.matches("input")) event.preventDefault();
  });

  // What was typed in the last moment goes out with whoever leaves; where it is too long for that, the browser asks first.
  form.addEventListener("input", () => { waits = true; });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.elt === form && event.detail.successful) waits = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!waits || form.hasAttribute("data-sent")) return;
    if (!navigator.sendBeacon(form.getAttribute("data-keep"), new FormData(form))) event.preventDefault();
  });
})();
