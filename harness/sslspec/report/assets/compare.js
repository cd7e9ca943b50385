// Any two columns compared, execution by execution, from the data that filters use: what became of each verdict, and
// where behaviour is another. Steps side by side stand on the pages of the scenarios.
"use strict";

(() => {
  const { el, state } = sslspec;
  const [before, after] = [document.getElementById("before"), document.getElementById("after")];
  const [said, found] = [document.getElementById("said"), document.getElementById("found")];
  const MOST = 500; // rows of a kind
  let turn = 0;

  const isGood = (letter) => letter === "p" || letter === "i";

  function kind([old, , oldBehaviour], [now, , newBehaviour]) {
    if (old === "-" || now === "-") return old === now ? null : now === "-" ? 4 : 5;
    if (isGood(old) !== isGood(now)) return isGood(old) ? 0 : 1;
    if (old !== now) return 2;
    return sslspec.tried(old) && oldBehaviour !== newBehaviour ? 3 : null;
  }

  /** The changes of a scenario: by kind and verdicts, how many executions. */
  function changes(row, left, right) {
    const [old, now] = [[...sslspec.results(row, left)], [...sslspec.results(row, right)]];
    const made = new Map();
    for (let at = 0; at < Math.max(old.length, now.length); at++) {
      const pair = [old[at] ?? ["-"], now[at] ?? ["-"]];
      const what = kind(...pair);
      const key = `${what} ${pair[0][0]} ${pair[1][0]}`;
      const same = made.get(key) ?? { what, old: pair[0][0], now: pair[1][0], count: 0 };
      same.count++;
      made.set(key, same);
    }
    return [...made.values()];
  }

  function chip(letter) {
    const [word, glyph] = state.verdicts.get(letter) ?? ["no result", "-"];
    return el("span", { class: `chip v-${word}` }, el("span", { class: "glyph", "aria-hidden": "true" }, glyph), ` ${word}`);
  }

  function section(title, rows, total) {
    const head = el("tr", {}, ...["Scenario", "Before", "After", "Executions"].map((text) => el("th", { scope: "col" }, text)));
    const lines = rows.slice(0, MOST).map(([row, change]) =>
      el("tr", {},
        el("th", { scope: "row" }, el("a", { href: row.page }, ...sslspec.breakable(row.id))),
        el("td", { "data-label": "Before" }, chip(change.old)),
        el("td", { "data-label": "After" }, chip(change.now)),
        el("td", { "data-label": "Executions" }, `${change.count}`)));
    const caption = el("caption", { class: "vh" }, title);
    const table = el("table", { class: "results changes" }, caption, el("thead", {}, head), el("tbody", {}, ...lines));
    const more = rows.length > MOST ? el("p", { class: "note" }, `and ${rows.length - MOST} more rows`) : null;
    return [el("h2", {}, `${title} (${total})`), el("div", { class: "scroll" }, table), ...(more ? [more] : [])];
  }

  /** The words for a kind: its heading, and what stands behind the number; beside each other, of which side it is told. */
  function words(number, total, left, right) {
    const [title, one, many, side, beside] = state.kinds[number];
    const pair = [state.columns[left], state.columns[right]];
    if (beside && pair[0].family !== pair[1].family) {
      const told = beside.replace("{}", () => pair[side].name);
      return [told, told];
    }
    return [title, total === 1 ? one : many];
  }

  const heading = (title) => title[0].toUpperCase() + title.slice(1);

  async function show() {
    const mine = ++turn;
    const [left, right] = [before, after].map((select) => (select.value === "" ? -1 : Number(select.value)));
    const chosen = left >= 0 && right >= 0 && left !== right;
    found.replaceChildren();
    said.textContent = chosen ? "Comparing …" : "Choose two columns.";
    if (!chosen) return;
    await sslspec.loadAll();
    if (mine !== turn) return;
    const kinds = state.kinds.map(() => ({ rows: [], total: 0 }));
    let unchanged = 0;
    for (const area of state.areas) {
      for (const row of area.rows) {
        for (const change of changes(row, left, right)) {
          if (change.what === null) {
            unchanged += change.old === "-" ? 0 : change.count;
            continue;
          }
          kinds[change.what].rows.push([row, change]);
          kinds[change.what].total += change.count;
        }
      }
    }
    const told = kinds.flatMap(({ total }, number) => (total ? [`${total} ${words(number, total, left, right)[1]}`] : []));
    said.textContent = [...told, `${unchanged} unchanged`].join(", ");
    kinds.forEach(({ rows, total }, number) => {
      if (total) found.append(...section(heading(words(number, total, left, right)[0]), rows, total));
    });
  }

  function choose() {
    const [left, right] = [before, after].map((select) => select.value && state.columns[Number(select.value)].name);
    sslspec.writeAddress({ before: left, after: right });
  }

  function apply() {
    const address = sslspec.readAddress();
    const number = (name) => state.columns.findIndex((column) => column.name === address.get(name));
    const chosen = [number("before"), number("after")];
    [before.value, after.value] = chosen.map((one) => (one < 0 ? "" : one));
    show().catch((problem) => { said.textContent = problem.message; });
  }

  before.addEventListener("change", choose);
  after.addEventListener("change", choose);
  addEventListener("hashchange", apply);
  document.getElementById("tools").hidden = state.columns.length < 2;
  apply();
})();
