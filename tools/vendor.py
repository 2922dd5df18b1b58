"""Fetch what the browser gets from others: pinned, from npm, with licences, without references to source maps.

The result in static/vendor/ is kept in the repository, so neither the demo nor production ever needs npm.
`make vendor` repeats it byte for byte; to update, change a version here, run it, and put the new digest in.
"""

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "static" / "vendor"

# The outline set of Tabler; a template draws one with <svg class="icon"><use href="…/icons.svg#NAME"/></svg>.
ICONS = """
adjustments alarm alert-circle alert-triangle archive arrow-back-up arrow-down arrow-left arrow-right arrow-up
arrows-exchange arrows-maximize arrows-sort ban bell bolt bookmark box building-store building-warehouse calendar
camera chart-bar check checkbox checks chevron-down chevron-left chevron-right chevron-up circle-check circle-dashed
circle-x clipboard-list clock coin columns-3 copy credit-card database device-desktop device-floppy dots download edit
external-link eye eye-off file-export file-import file-text filter flag gavel gift help history history-toggle home
hourglass id info-circle key keyboard language layout-sidebar link list-check list-details lock login-2 logout mail
map-pin menu-2 message message-2 messages moon note package package-export package-import palette paperclip percentage
phone photo pin player-pause player-play plus printer receipt-2 receipt-refund refresh repeat report rotate-clockwise
scale search send settings share shield-check shield-lock shopping-cart star sun tag thumb-down thumb-up ticket trash
truck truck-delivery truck-return upload user user-check user-circle user-plus users video wallet x zoom-money
""".split()


@dataclass(frozen=True)
class Package:
    """One npm package at one version: its SHA-512 and what is taken from it, as path there → path here."""

    name: str
    version: str
    sha512: str
    files: dict[str, str]


PACKAGES = [
    Package(
        "htmx.org",
        "2.0.11",
        "4e1c7f5ada5e390a92aea042c3f0357301891a0e14ad56b7fac5b41a6accde9e202603bcf5e707e2ab5b9f2cc30d616f053aa39c83028042d336deb7e9db5a98",
        {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "htmx.LICENSE"},
    ),
    Package(
        "@tabler/core",
        "1.6.1",
        "960991f60731469e4994bc5c9918bd473f3926b12f1fa073ef52a795c3d549af7bc2dc10363812b378377f1c1b025ba51f244c821848574e1052e5b7a6a0ec22",
        {"dist/css/tabler.min.css": "tabler.min.css"},
    ),
    Package(
        "@tabler/icons",
        "3.51.0",
        "d298a7bcf673ed8797f8e49fc6e1006e710f59ba1c5575b9894f21e65878d69606f2c66e41fa561020bdf34971393d1c94621c3469fcc6c06bfb329a446740fe",
        {"LICENSE": "icons.LICENSE"},
    ),
]

# @tabler/core names its licence in package.json and ships no text of it; Bootstrap is compiled into its stylesheet.
TABLER_LICENSE = """\
tabler.min.css contains:

Tabler, https://tabler.io, copyright 2018-2026 The Tabler Authors and codecalm.net Pawel Kuna
Bootstrap, https://getbootstrap.com, copyright 2011-2026 The Bootstrap Authors

MIT License

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def fetch(package: Package, folder: Path) -> Path:
    """Download and unpack one package; refuse it when its digest is not the one written above."""
    spec = f"{package.name}@{package.version}"
    answer = subprocess.run(
        ["npm", "pack", "--json", "--silent", spec], cwd=folder, check=True, stdout=subprocess.PIPE, text=True
    )
    archive = folder / json.loads(answer.stdout)[0]["filename"]
    digest = hashlib.sha512(archive.read_bytes()).hexdigest()
    if digest != package.sha512:
        sys.exit(f"{spec} has the digest {digest}, expected {package.sha512 or 'nothing yet'}")
    with tarfile.open(archive) as tar:
        tar.extractall(folder / spec, filter="data")
    return folder / spec / "package"


def without_source_map(text: str) -> str:
    """Drop references to maps that are not shipped: the hashing static storage would look for them and fail."""
    text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text)
    return re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE).rstrip() + "\n"


def sprite(folder: Path) -> str:
    """Put the chosen icons into one file, each a symbol that takes its colour from the text around it."""
    symbols = []
    for name in ICONS:
        drawing = (folder / "icons" / "outline" / f"{name}.svg").read_text()
        inner = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL)
        assert inner is not None, name
        paths = "".join(line.strip() for line in inner[1].splitlines())
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
            f'stroke-linecap="round" stroke-linejoin="round">{paths}</symbol>'
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def main() -> None:
    """Write static/vendor/ anew."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            source = fetch(package, Path(scratch))
            for there, here in package.files.items():
                (TARGET / here).write_text(without_source_map((source / there).read_text()))
            if package.name == "@tabler/icons":
                (TARGET / "icons.svg").write_text(sprite(source))
    (TARGET / "tabler.LICENSE").write_text(TABLER_LICENSE)
    lines = [f"{package.name}@{package.version}" for package in PACKAGES]
    (TARGET / "VERSIONS").write_text("\n".join(lines) + "\n")
    print(f"{TARGET}: {', '.join(lines)}, {len(ICONS)} icons")


if __name__ == "__main__":
    main()
