"""Fetch what the browser and drawn papers get from others: pinned, from npm, with licences, without source maps.

The result in static/vendor/ and refunds/fonts/ is kept in the repository, so neither the demo nor production needs npm.
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

from tools import font

STATIC = Path(__file__).resolve().parent.parent / "static"
TARGET = STATIC / "vendor"
ICONS_TARGET = STATIC / "icons"
FONT_TARGET = STATIC.parent / "refunds" / "fonts"
SPRITE_HEAD = """\
<!-- A choice of Tabler Icons (outline), MIT licence, see LICENSE beside this file. -->
<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" \
stroke-linejoin="round">
"""

# The outline set of Tabler; a template draws one with {% icon "NAME" %}.
ICONS = """
adjustments alert-triangle arrow-back-up arrow-left arrows-sort ban barcode bell bookmark building-store
building-warehouse calendar camera chart-bar check chevron-down chevron-left chevron-right circle circle-check
clock coin-yuan copy device-desktop dots download edit external-link eye eye-off file-text filter flag flame
gift help-circle history hourglass info-circle key keyboard language list-check lock logout map-pin
message-circle message-plus minus moon package package-off paperclip phone photo player-pause plus printer
receipt-refund refresh repeat robot scale scan search send settings shield-check shield-lock sun tag ticket
trash truck-delivery upload user user-circle users x
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
        "@tabler/icons",
        "3.51.0",
        "d298a7bcf673ed8797f8e49fc6e1006e710f59ba1c5575b9894f21e65878d69606f2c66e41fa561020bdf34971393d1c94621c3469fcc6c06bfb329a446740fe",
        {"LICENSE": "../icons/LICENSE"},
    ),
    Package(
        "@expo-google-fonts/noto-sans-sc",
        "0.4.3",
        "f6b0307454c51db3bfbba0acd208f68d96d6ef84c62226853509d7607dace700356f3564c1b6af88be2df18515eb8d9e1988e0f3a787e8390011099f3470e771",
        {"LICENSE_FONT": "../../refunds/fonts/OFL.txt"},
    ),
]


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
    """Put the chosen icons into one file, each a symbol without strokes of its own: the stylesheet sets those."""
    symbols = [f'<symbol id="{name}" viewBox="0 0 24 24">{_paths(folder / "outline", name)}</symbol>' for name in ICONS]
    flag = _paths(folder / "filled", "flag").replace("<path ", '<path fill="currentColor" stroke="none" ')
    symbols.append(f'<symbol id="flag-filled" viewBox="0 0 24 24">{flag}</symbol>')
    return SPRITE_HEAD + "\n".join(symbols) + "\n</svg>\n"


def _paths(folder: Path, name: str) -> str:
    drawing = (folder / f"{name}.svg").read_text()
    inner = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL)
    assert inner is not None, name
    visible = re.sub(r'<path stroke="none"[^>]*/>', "", inner[1])
    return re.sub(r"\s+", " ", visible).replace("> <", "><").strip()


def main() -> None:
    """Write static/vendor/ and refunds/fonts/ anew."""
    TARGET.mkdir(parents=True, exist_ok=True)
    FONT_TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            source = fetch(package, Path(scratch))
            for there, here in package.files.items():
                (TARGET / here).write_text(without_source_map((source / there).read_text()))
            if package.name == "@tabler/icons":
                (ICONS_TARGET / "console.svg").write_text(sprite(source / "icons"))
            if package.name == "@expo-google-fonts/noto-sans-sc":
                whole = source / "400Regular" / "NotoSansSC_400Regular.ttf"
                (FONT_TARGET / "NotoSansSC.ttf").write_bytes(font.cut(whole))
    lines = [f"{package.name}@{package.version}" for package in PACKAGES]
    (TARGET / "VERSIONS").write_text("\n".join(lines) + "\n")
    print(f"{TARGET}: {', '.join(lines)}, {len(ICONS)} icons")


if __name__ == "__main__":
    main()
