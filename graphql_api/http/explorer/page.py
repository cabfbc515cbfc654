"""The explorer's page: what a browser gets at the GraphQL endpoint."""

from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path
from string import Template

import strawberry
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Route

from graphql_api.http.explorer.assets import asset_response, load_build
from graphql_api.http.explorer.welcome import welcome

ASSETS_PATH = "/explorer/assets"

CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "worker-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    # Monaco lays out its lines with style attributes, and its themes are style elements.
    "style-src": "'self' 'unsafe-inline'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
}

HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "; ".join(f"{what} {whence}" for what, whence in CONTENT_SECURITY_POLICY.items()),
    "Referrer-Policy": "same-origin",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
}


def explorer_routes(endpoint_path: str = "/graphql") -> list[Route]:
    """Route to the built files, and lead `/explorer` to the endpoint, which is where the page is.

    The files are read here, so that a broken installation fails at start-up.
    """
    load_build()

    async def to_the_page(request: Request) -> RedirectResponse:
        return RedirectResponse(mount_point(request) + endpoint_path)

    return [
        Route("/explorer", to_the_page, methods=["GET"]),
        Route(f"{ASSETS_PATH}/{{name}}", asset_response, methods=["GET"]),
    ]


def explorer_page(schema: strawberry.Schema) -> Callable[[Request], HTMLResponse]:
    """Give what answers with the page; it sends its operations to the address it was loaded from."""

    @cache
    def first() -> str:
        return welcome(schema._schema)  # noqa: SLF001  # the schema of graphql-core, which nothing else gives

    return lambda request: _page(request, first())


def _page(request: Request, first: str) -> HTMLResponse:
    folder = escape(mount_point(request) + ASSETS_PATH)
    build = load_build()
    links = [f'<link rel="modulepreload" href="{folder}/{name}">' for name in build.preload]
    links += [f'<link rel="stylesheet" href="{folder}/{name}">' for name in build.styles]
    page = page_template().substitute(
        links="\n    ".join(links), script=f"{folder}/{build.script}", welcome=escape(first)
    )
    return HTMLResponse(page, headers=HEADERS)


def mount_point(request: Request) -> str:
    """Return the path under which the whole application stands, empty for the root."""
    path: str = request.scope.get("root_path", "")
    return path


@cache
def page_template() -> Template:
    """Read the frame of the page, once for the process."""
    return Template(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))
