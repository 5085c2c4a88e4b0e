/* The wall screen renews itself: it fetches its own page and puts the new parts where the old ones were, so nothing flashes,
   and a server that is away for a while leaves the last picture standing, with its time. Texts come from the page. */
(() => {
  "use strict";
  const { body } = document;
  const every = Number(body.dataset.refresh) * 1000;
  const PATIENCE_MS = 20000, PARTS = ["main", ".board-foot", "[data-date]"];
  const find = (page, name) => page.querySelector(name);
  const clock = find(document, "[data-clock]"), stale = find(document, "[data-stale]");

  // The server's clock, carried on by this computer: a wall's own clock is often wrong.
  let lead = 0;
  const hhmm = (moment) => new Date(moment).toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });
  const setClock = (time) => { clock.dateTime = time; lead = Date.parse(time) - Date.now(); };
  const tick = () => { clock.textContent = hhmm(Date.now() + lead); };

  const styles = (page) => [...page.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.getAttribute("href") || one.getAttribute("src")).join();
  const show = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    if (!find(page, "[data-clock]")) throw new Error("not the board");
    if (styles(page) !== styles(document)) return location.reload(); // a new version was installed, and it answers
    for (const name of PARTS) find(document, name).replaceWith(document.adoptNode(find(page, name)));
    setClock(find(page, "[data-clock]").dateTime);
    tick();
    stale.textContent = "";
  };
  const renew = () => {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
    return fetch(location.href, { signal: giveUp.signal, cache: "no-store" })
      .then((answer) => { if (!answer.ok) throw new Error(answer.status); return answer.text(); })
      .then(show)
      .catch(() => { stale.textContent = body.dataset.away.replace("#", hhmm(clock.dateTime)); })
      .then(() => clearTimeout(timer));
  };

  setClock(clock.dateTime);
  setInterval(tick, 1000);
  setInterval(renew, every);
})();
