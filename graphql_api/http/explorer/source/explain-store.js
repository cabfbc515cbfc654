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

/** `explanation` is null where an answer came without one, and absent before the first answer and where none came. */
let state = { on: remembered(), explanation: undefined, errors: [], failure: undefined, number: 0 };
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

/** Have what is shown be of the last operation and of none before it. */
const tell = (explanation, { errors = [], failure } = {}) =>
  change({ explanation, errors, failure, number: state.number + 1 });

/** Have each operation explained while that is switched on; what is shown of the answer is the rest of it. */
export const explained = (fetcher) => async (parameters, options) => {
  if (parameters.operationName === "IntrospectionQuery") return fetcher(parameters, options);
  tell(undefined);
  if (!state.on) return fetcher(parameters, options);
  let answer;
  try {
    answer = await fetcher(parameters, { ...options, headers: { ...options?.headers, [HEADER]: "1" } });
  } catch (error) {
    tell(undefined, { failure: error.message });
    throw error;
  }
  // A subscription is a stream of answers, which nobody explains.
  if (typeof answer?.subscribe === "function" || answer?.[Symbol.asyncIterator]) {
    tell(null);
    return answer;
  }
  const { explain = null, ...others } = answer?.extensions ?? {};
  tell(explain, { errors: answer?.errors });
  if (!explain) return answer;
  const { extensions: _, ...rest } = answer;
  return Object.keys(others).length ? { ...rest, extensions: others } : rest;
};
