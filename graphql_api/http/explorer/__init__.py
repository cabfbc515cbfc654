"""The explorer: GraphiQL, built ahead from `source/` into `assets/` and served without any other host.

After a change in `source/` run `npm ci && npm run build` there (Node.js 20.19 or newer), and commit `assets/`.
"""

from graphql_api.http.explorer.page import explorer_page, explorer_routes

__all__ = ["explorer_page", "explorer_routes"]
