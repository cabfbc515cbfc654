import { useMemo, useState } from "react";

import { Details } from "./explain-details.jsx";
import { arranged, busy, milliseconds, several } from "./explain-spans.js";
import { switchExplain, useExplain } from "./explain-store.js";
import { Waterfall } from "./explain-waterfall.jsx";

const Icon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" aria-hidden>
    <path d="M3 5h9M6 10h12M9 15h6M13 20h8" />
  </svg>
);

const Switch = ({ on }) => (
  <button
    type="button"
    role="switch"
    aria-checked={on}
    className="explain-switch"
    title="Send the header GraphQL-Explain: 1 with each request"
    onClick={() => switchExplain(!on)}
  >
    <i aria-hidden />
    {on ? "Explaining" : "Explain"}
  </button>
);

const Empty = ({ title, children }) => (
  <div className="explain-empty">
    <Icon />
    <h2>{title}</h2>
    <p>{children}</p>
  </div>
);

const Nothing = ({ on, refused, failure }) => {
  if (!on) {
    return (
      <Empty title="See what an answer took">
        Switch on <b>Explain</b> and run an operation. Every resolver, the query or command that it asked, the
        specification with the policies of the viewer, and the statements with their plans are shown here.
      </Empty>
    );
  }
  if (failure) {
    return <Empty title="No answer came">{failure}</Empty>;
  }
  return refused ? (
    <Empty title="The server explained nothing">
      The setting <code>graphql.explain_to</code> says who may see what is behind an answer. An operation that is
      refused before it runs has no explanation, and neither has a subscription.
    </Empty>
  ) : (
    <Empty title="Ready">Run an operation, and what happened in it appears here.</Empty>
  );
};

const nameOf = ({ span }) => `${span.kind} ${span.name} ${span.path}`;

/** What was chosen last, so that the same is shown of the next answer. */
let last;

const first = (rows) =>
  rows.find((row) => nameOf(row) === last) ?? rows.find(({ span }) => span.kind === "resolver") ?? rows[0];

const Explanation = ({ explanation, errors }) => {
  const rows = useMemo(() => arranged(explanation.spans), [explanation]);
  const [selected, select] = useState(() => first(rows));
  const choose = (row) => {
    last = nameOf(row);
    select(row);
  };
  const statements = explanation.spans.filter((span) => span.kind === "statement");
  const read = statements.reduce((total, span) => total + (span.rows ?? 0), 0);
  return (
    <>
      <p className="explain-summary" aria-live="polite">
        <b>{milliseconds(explanation.duration)}</b>
        {statements.length === 0 ? (
          <span>no statement</span>
        ) : (
          <>
            <span>{several(statements.length, "statement")}</span>
            <span>{several(read, "row")}</span>
            <span>{milliseconds(busy(statements))} in statements</span>
          </>
        )}
        {explanation.left_out > 0 && <span>{several(explanation.left_out, "span")} left out</span>}
      </p>
      <Waterfall rows={rows} duration={explanation.duration} selected={selected} onSelect={choose} />
      {selected && <Details key={selected.span.id} row={selected} errors={errors} />}
    </>
  );
};

const Panel = () => {
  const { on, explanation, errors, failure, number } = useExplain();
  return (
    <section className="explain" aria-label="Explain">
      <header className="explain-header">
        <h1>Explain</h1>
        <Switch on={on} />
      </header>
      {explanation ? (
        <Explanation key={number} explanation={explanation} errors={errors} />
      ) : (
        <Nothing on={on} refused={explanation === null} failure={failure} />
      )}
    </section>
  );
};

export const EXPLAIN_PLUGIN = { title: "Explain", icon: Icon, content: Panel };
