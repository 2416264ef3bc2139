// Single keys. Any element may carry data-key="a": the key clicks it, or focuses it when it is a field or has
// data-key-focus (verdicts: a key only focuses, Enter decides). Off in fields, in dialogs, and when switched off.
(function () {
  "use strict";
  const dialog = document.getElementById("keys");
  const list = document.getElementById("keys-list");
  const box = document.getElementById("keys-on");
  const read = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };
  const inField = (element) => element instanceof HTMLElement &&
    (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

  if (box) {
    box.checked = read();
    box.addEventListener("change", () => { try { localStorage.setItem("keys", box.checked ? "on" : "off"); } catch { /* not remembered */ } });
  }

  function label(element) {
    const given = element.getAttribute("data-key-label") || element.getAttribute("aria-label");
    if (given) return given;
    const source = (element.labels && element.labels[0] ? element.labels[0] : element).cloneNode(true);
    source.querySelectorAll("kbd").forEach((cap) => cap.remove());
    return source.textContent.trim().replace(/\s+/g, " ");
  }
  dialog?.addEventListener("opened", () => {
    list.querySelectorAll("[data-from-page]").forEach((row) => row.remove());
    document.querySelectorAll("[data-key]:not([data-key-quiet])").forEach((element) => {
      if (element.getAttribute("data-key") === "/") return;
      const key = document.createElement("dt");
      const cap = document.createElement("kbd");
      const text = document.createElement("dd");
      cap.textContent = element.getAttribute("data-key").toUpperCase();
      text.textContent = label(element);
      key.append(cap);
      [key, text].forEach((part) => { part.setAttribute("data-from-page", ""); list.append(part); });
    });
  });

  document.addEventListener("keydown", (event) => {
    const combined = event.ctrlKey || event.metaKey;
    if (combined && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      window.workbench.openDialog("jump");
      return;
    }
    if (combined && event.key === "Enter") {
      const form = (event.target instanceof Element && event.target.closest("form[data-send]")) || document.querySelector("form[data-send]");
      const button = form && form.querySelector("[type='submit']:not([formnovalidate])");
      if (form && !document.querySelector("dialog[open]") && !(button && (button.disabled || button.getAttribute("aria-disabled") === "true"))) {
        event.preventDefault();
        form.requestSubmit(button || undefined);
      }
      return;
    }
    if (combined || event.altKey || event.isComposing || !read()) return;
    if (inField(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      event.preventDefault();
      window.workbench.openDialog("keys");
      return;
    }
    const wanted = event.key.toLowerCase();
    const element = Array.from(document.querySelectorAll("[data-key]")).find(
      (one) => one.getAttribute("data-key").toLowerCase() === wanted && (one.hasAttribute("data-key-quiet") || one.getClientRects().length));
    if (!element) return;
    event.preventDefault();
    if (inField(element) || element.hasAttribute("data-key-focus")) element.focus();
    else element.click();
  });
})();
