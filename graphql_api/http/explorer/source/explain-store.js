import { useSyncExternalStore } from "react";

const REMEMBERED = "graphql-api:explain";
const HEADER = "GraphQL-Explain";

const remembered = () => {
  try {
    return localStorage.getItem(REMEMBERED) === "1";
  } catch {
    return false; // a browser may keep its storage to itself
  }
};

/** `explanation` is null where an answer came without one, and absent before the first answer. */
let state = { on: remembered(), explanation: undefined, errors: [], number: 0 };
const listeners = new Set();

const change = (changes) => {
  state = { ...state, ...changes };
  for (const listener of listeners) listener();
};

const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useExplain = () => useSyncExternalStore(subscribe, () => state);

export const switchExplain = (on) => {
  change({ on });
  try {
    localStorage.setItem(REMEMBERED, on ? "1" : "0");
  } catch {
    // Then it is forgotten with the page.
  }
};

/** Have each operation explained while that is switched on; what is shown of the answer is the rest of it. */
export const explained = (fetcher) => async (parameters, options) => {
  if (!state.on || parameters.operationName === "IntrospectionQuery") return fetcher(parameters, options);
  const answer = await fetcher(parameters, { ...options, headers: { ...options?.headers, [HEADER]: "1" } });
  // A subscription is a stream of answers, which nobody explains.
  if (typeof answer?.subscribe === "function" || answer?.[Symbol.asyncIterator]) return answer;
  const { explain = null, ...others } = answer?.extensions ?? {};
  change({ explanation: explain, errors: answer?.errors ?? [], number: state.number + 1 });
  if (!explain) return answer;
  const { extensions: _, ...rest } = answer;
  return Object.keys(others).length ? { ...rest, extensions: others } : rest;
};
