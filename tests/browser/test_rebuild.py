"""The committed assets, against a build from nothing; runs when RUN_EXPLORER_BUILD is set."""

import json
import shutil
import subprocess
from pathlib import Path

from graphql_api.http import explorer

FOLDER = Path(explorer.__file__).parent
INSTALL_SECONDS = 300
BUILD_SECONDS = 120


def test_a_build_from_nothing_gives_the_committed_assets(tmp_path: Path) -> None:
    npm = shutil.which("npm")
    assert npm, "RUN_EXPLORER_BUILD needs Node.js 20.19 or newer with npm"
    source = tmp_path / "source"
    shutil.copytree(FOLDER / "source", source, ignore=shutil.ignore_patterns("node_modules"))
    subprocess.run([npm, "ci"], cwd=source, check=True, timeout=INSTALL_SECONDS)
    subprocess.run([npm, "run", "build"], cwd=source, check=True, timeout=BUILD_SECONDS)
    # The manifest has a digest of every file; the compressed bytes differ from one Node.js to another.
    for name in ("manifest.json", "LICENSES.md"):
        assert (tmp_path / "assets" / name).read_text() == (FOLDER / "assets" / name).read_text()
    assert json.loads((tmp_path / "assets" / "manifest.json").read_bytes())["assets"]
