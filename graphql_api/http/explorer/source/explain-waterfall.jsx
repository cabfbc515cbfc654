import { useRef } from "react";

import { interval, label, milliseconds, several } from "./explain-spans.js";

/** Where a key leads from a row, among all of them. */
const target = (key, row, rows) => {
  const place = rows.indexOf(row);
  switch (key) {
    case "ArrowDown":
      return rows[place + 1];
    case "ArrowUp":
      return rows[place - 1];
    case "ArrowRight":
      return row.below[0];
    case "ArrowLeft":
      return row.above;
    case "Home":
      return rows[0];
    case "End":
      return rows.at(-1);
    default:
      return undefined;
  }
};

const tick = (time) => (time >= 1000 ? `${Number((time / 1000).toFixed(2))} s` : `${Number(time.toPrecision(3))} ms`);

const spoken = (span) => {
  const rows = span.rows === undefined ? "" : `, ${several(span.rows, "row")}`;
  return `${label(span)}, ${milliseconds(span.duration)}${rows}${span.error ? `, failed: ${span.error}` : ""}`;
};

const Row = ({ row, duration, selected, onSelect, onKeyDown }) => {
  const { span, level } = row;
  const share = (time) => `${Math.min(100, (100 * time) / duration)}%`;
  return (
    <div
      role="treeitem"
      className="explain-row"
      data-kind={span.kind}
      data-failed={Boolean(span.error)}
      data-span={span.id}
      aria-level={level}
      aria-selected={selected}
      aria-label={spoken(span)}
      tabIndex={selected ? 0 : -1}
      style={{ "--level": level - 1, "--from": share(span.start), "--long": share(span.duration) }}
      onClick={() => onSelect(row)}
      onKeyDown={(event) => onKeyDown(event, row)}
    >
      <span className="explain-name">
        <i aria-hidden />
        <span>{label(span)}</span>
        {span.rows !== undefined && <small>{span.rows.toLocaleString("en")}</small>}
      </span>
      <span className="explain-lane">
        <span className="explain-bar" />
      </span>
      <span className="explain-time">{milliseconds(span.duration)}</span>
    </div>
  );
};

export const Waterfall = ({ rows, duration, selected, onSelect }) => {
  const tree = useRef(null);
  const move = (event, row) => {
    const next = target(event.key, row, rows);
    if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onSelect(next);
    tree.current.querySelector(`[data-span="${next.span.id}"]`).focus();
  };
  const step = interval(duration);
  const marks = Array.from({ length: Math.floor(duration / step) + 1 }, (_, place) => place * step);
  return (
    <div className="explain-waterfall" style={{ "--step": `${(100 * step) / duration}%` }}>
      <div className="explain-axis" aria-hidden>
        <span className="explain-lane">
          {marks.map((mark) => (
            <span key={mark} style={{ "--from": `${(100 * mark) / duration}%` }}>
              {mark === 0 ? "0" : tick(mark)}
            </span>
          ))}
        </span>
      </div>
      <div className="explain-rows" role="tree" aria-label="Spans" ref={tree}>
        {rows.map((row) => (
          <Row
            key={row.span.id}
            row={row}
            duration={duration}
            selected={row === selected}
            onSelect={onSelect}
            onKeyDown={move}
          />
        ))}
      </div>
    </div>
  );
};
