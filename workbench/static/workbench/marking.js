// Mark more: select text inside [data-markable], then press R or the button; the selected text is posted as "text".
//   <div data-markable data-mark-url="…" data-mark-target="#preview" data-mark-swap="outerHTML" hx-include="#run-form">
//   <button type="button" data-mark-button data-key="r" disabled>
// The button opens while something is selected. hx-include and hx-headers of the area apply as everywhere in htmx.
(function () {
  "use strict";
  let area = null;
  let text = "";

  function refresh() {
    const selection = document.getSelection();
    if (selection && selection.rangeCount && !selection.isCollapsed) {
      const node = selection.getRangeAt(0).commonAncestorContainer;
      const element = node instanceof Element ? node : node.parentElement;
      const found = element ? element.closest("[data-markable]") : null;
      area = found;
      text = found ? selection.toString().trim() : "";
    } else if (!document.activeElement || !document.activeElement.matches("[data-mark-button]")) {
      area = null;
      text = "";
    }
    document.querySelectorAll("[data-mark-button]").forEach((button) => { button.disabled = !text; });
  }
  document.addEventListener("selectionchange", refresh);
  document.addEventListener("htmx:afterSwap", refresh);
  // Pressing the button must not take the selection away first.
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-mark-button]")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-mark-button]") : null;
    if (!button || !area || !text) return;
    const values = { text };
    const source = area;
    document.getSelection().removeAllRanges();
    window.htmx.ajax("POST", source.getAttribute("data-mark-url"), {
      source,
      target: source.getAttribute("data-mark-target") || source,
      swap: source.getAttribute("data-mark-swap") || "outerHTML",
      values,
    });
  });
})();
