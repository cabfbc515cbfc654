/** What a person calls a span: the field, the message, the statement. */
export const label = (span) => {
  if (span.kind === "resolver") return (span.path ?? span.name).split(".").at(-1);
  if (span.kind === "statement") return span.name.replace(/^\w+/, (word) => word.toLowerCase());
  return span.name;
};

/** The spans in their order, each with its level and the spans below it. */
export const arranged = (spans) => {
  const rows = new Map();
  for (const span of spans) {
    const above = rows.get(span.parent);
    const row = { span, above, level: above ? above.level + 1 : 1, below: [] };
    above?.below.push(row);
    rows.set(span.id, row);
  }
  return [...rows.values()];
};

/** What is told of a span, and of what it set off itself: the messages, what was sought, the statements. */
export const facts = (row) => {
  const found = { messages: [], sought: [], statements: [] };
  const collect = ({ span, below }, top) => {
    if (!top && span.kind === "resolver") return;
    if (span.message) found.messages.push(span.message);
    if (span.sought) found.sought.push(...span.sought);
    if (span.statement) found.statements.push(span);
    for (const one of below) collect(one, false);
  };
  collect(row, true);
  // A message is asked by its resolver, which knows what is sought.
  if (row.span.kind === "message") found.sought.push(...(row.above?.span.sought ?? []));
  return found;
};

/** What the answer says of the errors of a span: the operation has all, a resolver those of its field in any list. */
export const complaints = (span, errors) => {
  const places = (path = []) => path.filter((step) => typeof step === "string").join(".");
  const own = span.kind === "operation" ? errors : errors.filter(({ path }) => span.error && places(path) === span.path);
  return [...new Set(own.map(({ message }) => message))];
};

export const milliseconds = (time) => {
  if (time >= 1000) return `${(time / 1000).toFixed(2)} s`;
  return `${time.toFixed(time < 1 ? 2 : time < 100 ? 1 : 0)} ms`;
};

export const several = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/** The time in which at least one of the spans was under way. */
export const busy = (spans) => {
  let total = 0;
  let until = 0;
  for (const { start, duration } of [...spans].sort((one, other) => one.start - other.start)) {
    total += Math.max(0, start + duration - Math.max(start, until));
    until = Math.max(until, start + duration);
  }
  return total;
};

/** A round time between the marks of an axis, of which there are five or so. */
export const interval = (duration) => {
  const rough = Math.max(duration, 0.001) / 5;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * magnitude).find((one) => one >= rough);
};
