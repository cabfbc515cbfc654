/** Typed operations over plain `fetch`: results and variables are those of the document. */

import type { TypedDocumentString } from "./gql/graphql.js";

/** What the server refused, or could not do. Failures to expect are data, in the result of a mutation. */
export class GraphQLFailure extends Error {
  constructor(readonly errors: readonly ServerError[]) {
    super(errors.map((error) => error.message).join("\n"));
  }
}

export interface ServerError {
  message: string;
  path?: (string | number)[];
  extensions?: { code?: string; argument?: string };
}

interface Answer<Result> {
  data?: Result | null;
  errors?: ServerError[];
}

/** Where the API is, and what it wants to see: `{ authorization: "Bearer ..." }`. */
export interface Server {
  url: string;
  headers?: Record<string, string>;
}

/** Ask a query or give a command. Throws GraphQLFailure. */
export async function send<Result, Variables>(
  server: Server,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const response = await post(server, "application/json", document, variables);
  return dataOf((await response.json()) as Answer<Result>);
}

/** Follow a subscription by server-sent events; what happens after this resolves is not missed. */
export async function follow<Result, Variables>(
  server: Server,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<AsyncIterable<Result>> {
  const response = await post(server, "text/event-stream", document, variables);
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
    dataOf((await response.json()) as Answer<Result>);
  }
  return results<Result>(response);
}

function post<Result, Variables>(
  server: Server,
  accept: string,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Response> {
  return fetch(server.url, {
    method: "POST",
    headers: { ...server.headers, accept, "content-type": "application/json" },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
}

function dataOf<Result>(answer: Answer<Result>): Result {
  if (answer.errors?.length || answer.data == null) {
    throw new GraphQLFailure(answer.errors ?? [{ message: "The server answered without data." }]);
  }
  return answer.data;
}

async function* results<Result>(response: Response): AsyncGenerator<Result> {
  let unread = "";
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    const events = (unread + text).split("\n\n");
    unread = events.pop() ?? "";
    for (const event of events) {
      const lines = event.split("\n");
      const data = lines.find((line) => line.startsWith("data:"))?.slice(5);
      if (lines.includes("event: next") && data) yield dataOf(JSON.parse(data) as Answer<Result>);
      if (lines.includes("event: complete")) return;
    }
  }
}
