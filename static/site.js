/* Enhancement only: every page works without this file. Texts come from data attributes, so nothing here needs translating.
   Nothing about a person is stored; the two cookies hold "dark"/"light" and "large"/"normal" and let the server send the
   right page at once, without a flash of the other theme. */
(() => {
  "use strict";
  const root = document.documentElement;
  const texts = document.body.dataset;
  const RETRY_AFTER_MS = 15000; // a lost connection must not leave the rider with a dead button
  const YEAR_S = 31536000;

  // a. One tap, one submission.
  const release = (form) => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) {
      button.removeAttribute("aria-busy");
      if (button.kept) button.replaceChildren(...button.kept);
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) return event.preventDefault();
    if (event.defaultPrevented || form.method === "get") return;
    form.dataset.sent = "1";
    const button = event.submitter || form.querySelector("[type=submit]");
    if (button && texts.sending) {
      button.kept = [...button.childNodes];
      button.setAttribute("aria-busy", "true");
      button.replaceChildren(texts.sending);
    }
    setTimeout(release, RETRY_AFTER_MS, form);
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

  // b. "Near me": only on a tap, rounded to three decimals (about 100 m), which is enough to sort stations.
  const usePlace = (button) => {
    const form = button.form || button.closest("form");
    const field = form && form.elements[button.dataset.usePlace || "near"];
    const say = (text) => { const out = form.querySelector("[data-place-status]"); if (out) out.textContent = text || ""; };
    if (!field || !navigator.geolocation) return say(button.dataset.failed);
    say(button.dataset.locating);
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      field.value = `${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`;
      say(button.dataset.found);
      if ("submitForm" in button.dataset) form.requestSubmit ? form.requestSubmit() : form.submit();
    }, () => say(button.dataset.failed), { timeout: 10000, maximumAge: 60000 });
  };

  // c. Theme and type size.
  const choose = (name, value) => {
    root.dataset[name] = value;
    document.cookie = `look_${name}=${value};path=/;max-age=${YEAR_S};samesite=lax${location.protocol === "https:" ? ";secure" : ""}`;
    showChoice();
  };
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  const isLarge = () => root.dataset.type === "large";
  const press = (name, on) => document.querySelectorAll(`[data-toggle=${name}]`).forEach((el) => el.setAttribute("aria-pressed", on));
  const showChoice = () => { press("theme", isDark()); press("type", isLarge()); };
  showChoice();

  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-toggle]");
    if (toggle && toggle.dataset.toggle === "theme") choose("theme", isDark() ? "light" : "dark");
    if (toggle && toggle.dataset.toggle === "type") choose("type", isLarge() ? "normal" : "large");
    const place = event.target.closest("[data-use-place]");
    if (place) usePlace(place);
    const shut = event.target.closest("[data-close]"); // "keep it" inside a confirmation
    if (shut) closeMenu(shut.closest("details"));
    if (event.target.closest("[data-print]")) print();
    // d. A click elsewhere closes open menus.
    for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  const closeMenu = (menu) => { menu.open = false; menu.querySelector("summary").focus(); };
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("details[data-menu][open]");
    if (menu) closeMenu(menu);
  });

  // e. What was chosen to be sent.
  document.addEventListener("change", (event) => {
    const input = event.target;
    const out = input.type === "file" && document.getElementById(`${input.id}_file`);
    if (!out) return;
    out.textContent = [...input.files].map((file) => `${file.name} · ${(file.size / 1048576).toFixed(1)} MB`).join("，");
  });

  // After a refused form the summary takes the focus, so that a screen reader starts there.
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus({ preventScroll: false });

  // f. Without a network the last seen list is shown (sw.js); it says how old it is.
  const note = document.querySelector("[data-seen-at]");
  if (note && "offline" in root.dataset) {
    const minutes = Math.max(1, Math.round((Date.now() / 1000 - note.dataset.seenAt) / 60));
    const [text, number] = minutes < 60 ? [note.dataset.minutes, minutes] : minutes < 1440 ? [note.dataset.hours, Math.round(minutes / 60)] : [note.dataset.days, Math.round(minutes / 1440)];
    note.textContent = text.replace("#", number);
  }
  const firstVisit = "serviceWorker" in navigator && !navigator.serviceWorker.controller;
  if ("serviceWorker" in navigator && isSecureContext && !location.pathname.startsWith("/admin/")) navigator.serviceWorker.register("/sw.js").then(() => navigator.serviceWorker.ready).then((worker) => {
    // At the first visit the worker came too late to see what was loaded: tell it.
    if (!firstVisit) return;
    const files = performance.getEntriesByType("resource").map((entry) => entry.name);
    worker.active.postMessage([location.href, ...files]);
  }).catch(() => {});
})();
