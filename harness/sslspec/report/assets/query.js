// The filter's language: words and NAME:VALUE, all of which must hold.
//   status:fail  is:different  is:unexpected  is:known  area:sessions  topic:unwrap  level:must  clause:"RFC 8446"  known:gh-108310
//   ssl:fail  refssl:pass  "ssl@3.13.0":different     a column, or an implementation: any of its columns
"use strict";

sslspec.query = (() => {
  const STATUSES = new Map([
    ["pass", "p"], ["passed", "p"], ["fail", "f"], ["failed", "f"], ["unsupported", "u"], ["hung", "h"], ["crash", "c"],
    ["crashed", "c"], ["inapplicable", "i"], ["error", "e"], ["notrun", "n"],
  ]);
  const TERM = /"([^"]*)"(?::(\S+))?|([^\s:"]+):"([^"]*)"|(\S+)/g;

  /** Whether a scenario has this status in a column: to pass is to do so in every execution that applies. */
  function has(row, column, status) {
    if (status === "different") return sslspec.different(row, column, sslspec.state.reference) > 0;
    const found = [...sslspec.results(row, column)].filter(([letter]) => letter !== "-");
    if (status === "unexpected") return found.some(([, expected]) => !expected);
    const wanted = STATUSES.get(status);
    if (wanted !== "p") return found.some(([letter]) => letter === wanted);
    return found.some(([letter]) => letter === "p") && found.every(([letter]) => letter === "p" || letter === "i");
  }

  const isStatus = (word) => STATUSES.has(word) || word === "different" || word === "unexpected";

  const OF_A_SCENARIO = new Map([
    ["area", (row, value) => row.area.toLowerCase() === value],
    ["topic", (row, value) => row.topic.toLowerCase() === value],
    ["level", (row, value) => row.level.toLowerCase() === value],
    ["clause", (row, value) => row.clauses.some((clause) => clause.toLowerCase().startsWith(value))],
    ["known", (row, value) => row.known.some((reference) => reference.toLowerCase() === value)],
  ]);

  /** One term as a test of (row, columns); throws an Error that says what is wrong with it. */
  function term(name, value) {
    const [key, wanted] = [name.toLowerCase(), value.toLowerCase()];
    if (OF_A_SCENARIO.has(key)) return (row) => OF_A_SCENARIO.get(key)(row, wanted);
    if (key === "is" && wanted === "known") return (row) => row.known.length > 0;
    if (key === "status" || key === "is") {
      if (!isStatus(wanted)) throw new Error(`${name}: there is no ${value}`);
      return (row, columns) => columns.some((column) => has(row, column, wanted));
    }
    const every = sslspec.state.columns.map((column, number) => [column, number]);
    const meant = every.filter(([column]) => column.name.toLowerCase() === key);
    const those = (meant.length ? meant : every.filter(([column]) => column.implementation.toLowerCase() === key));
    if (!those.length) throw new Error(`there is no column ${name}, and no ${name}: to ask for`);
    if (!isStatus(wanted)) throw new Error(`${name}: there is no ${value}`);
    return (row) => those.some(([, number]) => has(row, number, wanted));
  }

  /** The tests that a text stands for. Throws an Error with a sentence for the user. */
  function parse(text) {
    const tests = [];
    for (const [, quoted, status, key, value, word] of text.matchAll(TERM)) {
      const colon = word?.lastIndexOf(":") ?? -1;
      if (quoted !== undefined && status !== undefined) tests.push(term(quoted, status));
      else if (key !== undefined) tests.push(term(key, value));
      else if (colon > 0 && colon < word.length - 1) tests.push(term(word.slice(0, colon), word.slice(colon + 1)));
      else {
        const sought = (quoted ?? word).toLowerCase();
        tests.push((row) => row.text.includes(sought));
      }
    }
    return tests;
  }

  /** The scenarios for which all tests hold; only these columns count. */
  const select = (rows, tests, columns) => rows.filter((row) => tests.every((test) => test(row, columns)));

  return { parse, select };
})();
