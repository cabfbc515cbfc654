const TOKEN =
  /\s+|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$\d+|\?|::\w+(?:\[\])?|\d+(?:\.\d+)?|[A-Za-z_][\w$]*|<>|[<>!]=|\|\||[^\s]/g;

const PHRASES = ["UNION ALL", "ORDER BY", "GROUP BY", "PARTITION BY", "LEFT OUTER JOIN", "LEFT JOIN", "ON CONFLICT", "INSERT INTO", "DELETE FROM"];
const CLAUSES = new Set([
  "SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "HAVING", "LIMIT", "OFFSET", "UNION ALL", "UNION", "JOIN",
  "LEFT OUTER JOIN", "LEFT JOIN", "SET", "VALUES", "RETURNING", "ON CONFLICT",
]);
const WORDS = new Set([
  ...CLAUSES, "INSERT INTO", "DELETE FROM", "UPDATE", "WITH", "AS", "ON", "AND", "OR", "NOT", "IN", "IS", "NULL",
  "NULLS", "FIRST", "LAST", "ASC", "DESC", "LIKE", "ESCAPE", "EXISTS", "CASE", "WHEN", "THEN", "ELSE", "END", "ANY",
  "OVER", "PARTITION BY", "COLLATE", "TRUE", "FALSE", "BETWEEN", "DISTINCT", "CAST", "FOR", "DO", "NOTHING", "DEFAULT",
]);
const WIDEST = 72;

const kindOf = (text) => {
  if (WORDS.has(text.toUpperCase())) return "word";
  if (/^\$\d|^\?$/.test(text)) return "parameter";
  if (/^['\d]/.test(text)) return "value";
  if (/^::/.test(text)) return "cast";
  return "plain";
};

/** Split a statement; words that mean one thing together are one, and each knows whether a space came before it. */
const tokens = (sql) => {
  const found = [];
  let space = false;
  for (const [text] of sql.matchAll(TOKEN)) {
    if (/^\s/.test(text)) {
      space = true;
      continue;
    }
    const last = found.at(-1);
    const together = last && `${last.text} ${text}`.toUpperCase();
    if (last && PHRASES.some((phrase) => phrase === together || phrase.startsWith(`${together} `))) {
      last.text = `${last.text} ${text}`;
    } else {
      found.push({ text, space });
    }
    space = false;
  }
  return found.map((one) => ({ ...one, kind: kindOf(one.text) }));
};

/** Find the end of the group that opens at a place, and whether it needs lines of its own. */
const group = (all, from) => {
  let depth = 0;
  let width = 0;
  for (let place = from; place < all.length; place += 1) {
    width += all[place].text.length + (all[place].space ? 1 : 0);
    if (all[place].text === "(") depth += 1;
    if (all[place].text === ")" && (depth -= 1) === 0) {
      const query = /^(SELECT|WITH)$/i.test(all[from + 1]?.text ?? "");
      return { query, wide: width > WIDEST };
    }
  }
  return { query: false, wide: false };
};

/** Lay a statement out: lines of tokens with their depths. */
export const formatted = (sql) => {
  const all = tokens(sql);
  const lines = [{ depth: 0, tokens: [] }];
  const groups = [];
  const depth = () => groups.filter((one) => one.block).length;
  const open = (extra = 0) => {
    if (lines.at(-1).tokens.length) lines.push({ depth: depth() + extra, tokens: [] });
    else lines.at(-1).depth = depth() + extra;
  };
  let between = false;
  for (const [place, token] of all.entries()) {
    const name = token.text.toUpperCase();
    const inner = groups.at(-1);
    const breaks = !inner || inner.block;
    if (CLAUSES.has(name) && breaks && !(inner && !inner.query)) open();
    if ((name === "AND" || name === "OR") && breaks && !between) open(inner && !inner.query ? 0 : 1);
    if (token.text === ")" && groups.pop()?.block) open();
    between = name === "BETWEEN" || (between && name !== "AND");
    const line = lines.at(-1);
    line.tokens.push(line.tokens.length ? token : { ...token, space: false });
    if (token.text === "(") {
      const { query, wide } = group(all, place);
      const conditions = wide && /^(AND|OR|WHERE|ON|\(|NOT)?$/i.test(all[place - 1]?.text ?? "");
      groups.push({ query, block: query || conditions });
      if (query || conditions) open();
    }
  }
  return lines.filter((line) => line.tokens.length);
};
