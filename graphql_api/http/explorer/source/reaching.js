const unreachable = (cause) => new Error("The server cannot be reached.", { cause });

/** Fetch, and say in words where there is no server, or something else answers in its place. */
export const fetchJson = async (...request) => {
  const response = await fetch(...request).catch((error) => {
    throw error instanceof TypeError ? unreachable(error) : error;
  });
  if (response.headers.get("content-type")?.includes("json")) return response;
  throw new Error(`The server answered with status ${response.status} and no JSON.`);
};

/** Say in words what a browser tells by an event without any: that there is no connection to be had. */
export const reaching = (fetcher) => async (...request) => {
  const answer = await fetcher(...request);
  if (!answer?.[Symbol.asyncIterator]) return answer;
  const answers = answer[Symbol.asyncIterator]();
  // No generator, which would not end before its next answer came.
  const said = {
    [Symbol.asyncIterator]: () => said,
    next: () =>
      answers.next().catch((error) => {
        throw error instanceof Event ? unreachable(error) : error;
      }),
    return: (value) => answers.return(value),
  };
  return said;
};
