import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./explorer.css";
import "./explain.css";
import "./workers.js";
import { explained } from "./explain-store.js";
import { EXPLAIN_PLUGIN } from "./explain.jsx";

const url = location.origin + location.pathname;

const fetchJson = async (...request) => {
  const response = await fetch(...request);
  if (response.headers.get("content-type")?.includes("json")) return response;
  throw new Error(`The server answered with status ${response.status} and no JSON.`);
};

const plugins = [HISTORY_PLUGIN, EXPLAIN_PLUGIN];

const fetcher = createGraphiQLFetcher({
  url,
  fetch: fetchJson,
  subscriptionUrl: url.replace(/^http/, "ws"),
  // Else it asks for multipart/mixed, which the server does not speak.
  enableIncrementalDelivery: false,
});

const explorer = document.getElementById("explorer");
// The server knows what there is to be asked for.
const defaultQuery = explorer.dataset.welcome;

createRoot(explorer).render(
  createElement(
    GraphiQL,
    { fetcher: explained(fetcher), plugins, defaultQuery, inputValueDeprecation: true, schemaDescription: true },
    createElement(GraphiQL.Logo, null, "GraphQL API"),
  ),
);
