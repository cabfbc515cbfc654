// What `graphql-codegen --config codegen.config.js` takes, and generate.js beside it.
/** @type {import("@graphql-codegen/plugin-helpers").Types.Config} */
export default {
  schema: "schema.graphql",
  documents: "src/*.graphql",
  generates: {
    "src/gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        // Documents as text: nothing of graphql-js ends up in what a browser loads.
        documentMode: "string",
        useTypeImports: true,
        enumsAsTypes: true,
        importExtension: ".js",
        // A scalar that is not named here is an error, never `any`.
        strictScalars: true,
        scalars: {
          Date: "string",
          DateTime: "string",
          Decimal: { input: "string | number", output: "string" },
          ID: "string",
        },
      },
    },
  },
};
