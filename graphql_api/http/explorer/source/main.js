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
import { followKeyboard } from "./keyboard.js";
import { fetchJson, reaching } from "./reaching.js";

const url = location.origin + location.pathname;

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

followKeyboard();

createRoot(explorer).render(
  createElement(
    GraphiQL,
    { fetcher: explained(reaching(fetcher)), plugins, defaultQuery, inputValueDeprecation: true, schemaDescription: true },
    createElement(GraphiQL.Logo, null, "GraphQL API"),
  ),
);
