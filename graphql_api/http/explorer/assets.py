"""The built files: stored compressed, named after their content."""

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).with_name("assets")

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".ttf": "font/ttf",
}

ZERO_WEIGHT = re.compile(r"q=0(\.0*)?")


@dataclass(frozen=True)
class Asset:
    """Hold one file in memory, as it goes over the wire."""

    media_type: str
    compressed: bytes

    @cached_property
    def content(self) -> bytes:
        return gzip.decompress(self.compressed)


@dataclass(frozen=True, slots=True)
class Build:
    """Describe what the page loads, and hold every file that may be asked for."""

    script: str
    preload: tuple[str, ...]
    styles: tuple[str, ...]
    assets: Mapping[str, Asset]


@cache
def load_build() -> Build:
    """Read the manifest and the files it names, once for the process."""
    manifest = json.loads((FOLDER / "manifest.json").read_bytes())
    return Build(
        script=manifest["script"],
        preload=tuple(manifest["preload"]),
        styles=tuple(manifest["styles"]),
        assets={
            name: Asset(MEDIA_TYPES[Path(name).suffix], (FOLDER / f"{name}.gz").read_bytes())
            for name in manifest["assets"]
        },
    )


async def asset_response(request: Request) -> Response:
    """Answer with one built file; it may be kept for ever, because another content has another name."""
    asset = load_build().assets.get(request.path_params["name"])
    if asset is None:
        raise HTTPException(404, "The explorer has no such file.")
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Type": asset.media_type,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if accepts_gzip(request.headers.get("Accept-Encoding", "")):
        return Response(asset.compressed, headers=headers | {"Content-Encoding": "gzip"})
    return Response(asset.content, headers=headers)


def accepts_gzip(accept_encoding: str) -> bool:
    """Read an Accept-Encoding header (RFC 9110, 12.5.3): gzip counts by name before it counts as `*`."""
    accepted: dict[str, bool] = {}
    for choice in accept_encoding.lower().replace(" ", "").split(","):
        coding, _, weight = choice.partition(";")
        accepted[coding] = not ZERO_WEIGHT.fullmatch(weight)
    return accepted.get("gzip", accepted.get("*", False))
