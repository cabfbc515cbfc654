import { useState } from "react";

import { complaints, facts, label, milliseconds, several } from "./explain-spans.js";
import { formatted } from "./explain-sql.js";
import { Plan, Specification } from "./explain-trees.jsx";

const KINDS = {
  operation: "Operation",
  phase: "Phase",
  resolver: "Resolver",
  message: "Message",
  statement: "Statement",
  event: "Event",
  call: "Call",
};
const ANSWERS = {
  kept: "answer was kept",
  stale: "answer was kept, and is worked out anew",
  shared: "answer shared with a request under way",
  "worked out": "answer worked out, to be kept",
  "not kept": "answer not kept",
};

const Section = ({ title, aside, children }) => (
  <details open className="explain-section">
    <summary>
      <h3>{title}</h3>
      {aside}
    </summary>
    {children}
  </details>
);

const Sought = ({ sought }) => {
  const [after, showAfter] = useState(true);
  const changed = sought.before.text !== sought.after.text;
  const choice = (value, text) => (
    <button type="button" aria-pressed={after === value} onClick={() => showAfter(value)}>
      {text}
    </button>
  );
  return (
    <Section title={`Specification of ${sought.entity}`}>
      <div className="explain-choice" role="group" aria-label="Specification">
        {choice(false, "Before policy")}
        {choice(true, "After policy")}
        {!changed && <span>The policies add nothing.</span>}
      </div>
      <Specification drawing={after ? sought.after : sought.before} />
    </Section>
  );
};

const Sql = ({ text }) => (
  <pre className="explain-code explain-sql">
    {formatted(text).map((line, number) => (
      <span className="explain-line" key={number} style={{ "--depth": line.depth }}>
        {line.tokens.map((token, place) => (
          <span key={place} data-kind={token.kind}>
            {token.space ? " " : ""}
            {token.text}
          </span>
        ))}
        {"\n"}
      </span>
    ))}
  </pre>
);

const Arguments = ({ values }) => {
  if (values === null) {
    return <p className="explain-note">Its values are not shown: it changes something, or has to do with a secret.</p>;
  }
  return values.length === 0 ? null : (
    <ol className="explain-arguments" aria-label="Values">
      {values.map((value, place) => (
        <li key={place}>
          <code>{value}</code>
        </li>
      ))}
    </ol>
  );
};

const Copy = ({ text }) => {
  const [copied, setCopied] = useState(false);
  if (!navigator.clipboard) return null; // as over plain HTTP from another machine
  const copy = async (event) => {
    event.preventDefault(); // else the section closes
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <button type="button" className="explain-copy" onClick={copy} onBlur={() => setCopied(false)}>
      {copied ? "Copied" : "Copy"}
    </button>
  );
};

const Statement = ({ span, alone }) => (
  <>
    <Section title={alone ? "SQL" : `${label(span)}, ${milliseconds(span.duration)}`} aside={<Copy text={span.statement.text} />}>
      <Sql text={span.statement.text} />
      <Arguments values={span.statement.arguments} />
    </Section>
    {span.statement.plan && (
      <Section title="Plan">
        <Plan steps={span.statement.plan} />
      </Section>
    )}
  </>
);

const Complaints = ({ messages }) => (
  <ul className="explain-complaints" aria-label="Errors">
    {messages.map((message) => (
      <li key={message}>{message}</li>
    ))}
  </ul>
);

const nothing = ({ below, span }) => {
  if (span.answer === "kept" || span.answer === "stale") return "Nothing was asked or read for it.";
  if (span.together) return "The statement of the uppermost field read it too; its plan tells how.";
  return below.length > 0 ? "What happened in it stands below it." : "Nothing more is known of it.";
};

export const Details = ({ row, errors }) => {
  const { span } = row;
  const { messages, sought, statements } = facts(row);
  const wrong = complaints(span, errors);
  const chips = [
    span.keys !== undefined && several(span.keys, "parent"),
    span.together && "read together with them",
    span.rows !== undefined && several(span.rows, "row"),
    span.answer && ANSWERS[span.answer],
    span.outcome,
  ].filter(Boolean);
  return (
    <section className="explain-details" aria-label={`Details of ${label(span)}`}>
      <header data-kind={span.kind} data-failed={Boolean(span.error)}>
        <h2>
          <small>{KINDS[span.kind] ?? span.kind}</small>
          {span.kind === "resolver" ? span.name : label(span)}
        </h2>
        <p>
          <b>{milliseconds(span.duration)}</b>
          <span>from {milliseconds(span.start)}</span>
          {chips.map((chip) => (
            <span key={chip}>{chip}</span>
          ))}
          {span.error && <span className="explain-failed">{span.error}</span>}
        </p>
      </header>
      {wrong.length > 0 && <Complaints messages={wrong} />}
      {sought.map((one, place) => (
        <Sought key={`sought ${place}`} sought={one} />
      ))}
      {statements.map((one) => (
        <Statement key={one.id} span={one} alone={one === span} />
      ))}
      {messages.map((message, place) => (
        <Section title={message.name} key={`message ${place}`}>
          <pre className="explain-code">{message.text}</pre>
        </Section>
      ))}
      {wrong.length + sought.length + statements.length + messages.length === 0 && (
        <p className="explain-note">{nothing(row)}</p>
      )}
    </section>
  );
};
