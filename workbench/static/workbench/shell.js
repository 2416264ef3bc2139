// Theme, rail, dialogs, status region, and what happens when a request of htmx does not come through.
(function () {
  "use strict";
  const root = document.documentElement;
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window: not remembered */ } };

  function setTheme(theme) {
    root.setAttribute("data-bs-theme", theme);
    document.dispatchEvent(new CustomEvent("themechange", { detail: theme }));
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    if (target.closest("[data-theme-toggle]")) {
      const next = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
      keep("theme", next);
      setTheme(next);
    }
    if (target.closest("[data-rail-toggle]")) {
      const next = root.getAttribute("data-rail") === "collapsed" ? "open" : "collapsed";
      root.setAttribute("data-rail", next);
      keep(root.getAttribute("data-rail-default") === "collapsed" ? "rail-desk" : "rail", next);
    }
    const opener = target.closest("[data-open]");
    if (opener) openDialog(opener.getAttribute("data-open"));
    if (target.closest("[data-close]")) target.closest("dialog")?.close();
    if (target instanceof HTMLDialogElement && target.open) {
      const box = target.getBoundingClientRect();
      const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) target.close();
    }
    const locked = target.closest("[aria-disabled='true']");
    if (locked) event.preventDefault();
  });

  function openDialog(id) {
    const dialog = document.getElementById(id);
    if (!(dialog instanceof HTMLDialogElement) || dialog.open) return;
    document.querySelectorAll("dialog[open]").forEach((other) => other.close());
    dialog.showModal();
    dialog.dispatchEvent(new CustomEvent("opened"));
  }
  window.workbench = { openDialog, say };

  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
    let chosen = null;
    try { chosen = localStorage.getItem("theme"); } catch { /* nothing remembered */ }
    if (!chosen) setTheme(event.matches ? "dark" : "light");
  });

  // Status region: good news for six seconds. Errors stand where they arose and stay.
  function fade(note) { setTimeout(() => note.remove(), 6000); }
  function say(text) {
    const note = document.getElementById("tpl-status").content.firstElementChild.cloneNode(true);
    note.querySelector("[data-text]").textContent = text;
    document.getElementById("status").append(note);
    fade(note);
  }
  const fadeAll = () => document.querySelectorAll("#status [data-status]").forEach(fade);
  fadeAll();
  document.addEventListener("htmx:oobAfterSwap", fadeAll);
  // A response with the header HX-Trigger: {"status": "Saved."} says so here.
  document.addEventListener("status", (event) => {
    const text = event.detail && event.detail.value !== undefined ? event.detail.value : event.detail;
    if (typeof text === "string") say(text);
  });

  // A request that failed: one sentence above the part that asked, gone with the next answer.
  function place(template, element) {
    const signedOut = document.querySelector("[data-offline]:has([data-sign-in])");
    if (element.matches("[hx-trigger*='every']") && (signedOut || template !== "tpl-signed-out")) return;
    // Above the columns, so that nothing in them moves sideways.
    const page = document.getElementById("content");
    const spot = page.contains(element) ? element.closest("[data-trouble], .cols") || element.closest(".panel") || element.closest("form") || element : page.firstElementChild;
    if (signedOut && signedOut === spot.previousElementSibling) return;
    signedOut?.remove();
    spot.parentElement?.querySelectorAll(":scope > [data-offline]").forEach((old) => old.remove());
    spot.before(document.getElementById(template).content.firstElementChild.cloneNode(true));
    document.body.classList.add("is-unsaved"); // "Kept as you type" would not be true now
  }
  function clear() {
    document.querySelectorAll("[data-offline]").forEach((old) => old.remove());
    document.body.classList.remove("is-unsaved");
  }
  document.addEventListener("htmx:sendError", (event) => place("tpl-offline", event.target));
  document.addEventListener("htmx:timeout", (event) => place("tpl-offline", event.target));
  document.addEventListener("htmx:responseError", (event) => place(event.detail.xhr.status === 401 ? "tpl-signed-out" : "tpl-refused", event.target));
  document.addEventListener("htmx:afterOnLoad", (event) => { if (event.detail.successful && !event.target.matches("[hx-trigger*='every']")) clear(); });

  document.querySelector("[data-focus]")?.focus();
})();
