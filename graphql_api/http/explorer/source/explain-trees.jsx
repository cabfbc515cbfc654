const COMPARISON = /^(\S+) (\w+) ([\s\S]*)$/;
const RELATION = /^(\w+): (\w+)$/;
const SCAN = /\bSeq Scan\b|^SCAN (?!CONSTANT)(?!.*USING (?:COVERING )?INDEX)(?!.*PRIMARY KEY)/;

const Said = ({ text }) => {
  const relation = RELATION.exec(text);
  if (relation) {
    return (
      <code>
        <b>{relation[1]}</b> <em>{relation[2]}</em>
      </code>
    );
  }
  const comparison = COMPARISON.exec(text);
  if (!comparison) return <span className="explain-connective">{text}</span>;
  return (
    <code>
      <b>{comparison[1]}</b> <em>{comparison[2]}</em> <q>{comparison[3]}</q>
    </code>
  );
};

const Condition = ({ node, within }) => (
  <li>
    <span className={node.policy ? "explain-node explain-policy" : "explain-node"}>
      <Said text={node.text} />
      {node.policy && !within && <small title="Added by what the viewer may see">policy</small>}
    </span>
    {node.parts.length > 0 && (
      <ul>
        {node.parts.map((part, place) => (
          <Condition key={place} node={part} within={node.policy && part.policy} />
        ))}
      </ul>
    )}
  </li>
);

export const Specification = ({ drawing }) => (
  <ul className="explain-tree">
    <Condition node={drawing.tree} within={false} />
  </ul>
);

const Step = ({ step }) => (
  <li>
    <span className="explain-node explain-step">
      <span className="explain-step-text">
        {step.text}
        {SCAN.test(step.text) && <small title="Every row is looked at">all rows</small>}
      </span>
      {step.rows !== null && (
        <span className="explain-expected" title="What the database expects">
          {step.rows.toLocaleString("en")} rows · cost {Math.round(step.cost).toLocaleString("en")}
        </span>
      )}
    </span>
    {step.details.map((detail) => (
      <span className="explain-step-detail" key={detail}>
        {detail}
      </span>
    ))}
    {step.parts.length > 0 && (
      <ul>
        {step.parts.map((part, place) => (
          <Step key={place} step={part} />
        ))}
      </ul>
    )}
  </li>
);

export const Plan = ({ steps }) => (
  <ul className="explain-tree explain-plan">
    {steps.map((step, place) => (
      <Step key={place} step={step} />
    ))}
  </ul>
);
