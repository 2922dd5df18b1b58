"""Fetch what the browser and drawn papers get from others: pinned, from npm, with licences, without source maps.

The result in static/vendor/ and refunds/fonts/ is kept in the repository, so neither the demo nor production needs npm.
`make vendor` repeats it byte for byte; to update, change a version here, run it, and put the new digest in.
"""

import hashlib
import json
import re
import shutil
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
    Package(
        "echarts",
        "6.1.0",
        "ab4c9a14f8200bd15476c587e1b95abd15859b176b22875b92828d02326e74023a080f6034fc47b55d917193447a9655964e32bc16243a46e4e87215a48c8764",
        {"LICENSE": "echarts.LICENSE", "NOTICE": "echarts.NOTICE", "licenses/LICENSE-d3": "d3.LICENSE"},
    ),
    Package(
        "zrender",
        "6.1.0",
        "a0418c0c1ea938fd92e8ec114783dd56feb5d33ae39c0dc187e267486d767d826504a8ed340a046f97d252808e3883651fde88d9f537f3f03652944ab3aef161",
        {"LICENSE": "zrender.LICENSE"},
    ),
    Package(
        "tslib",
        "2.3.0",
        "37cda8a32c55366ea1d6b88b0a8c92f5eddfb89dc0306db3219b3619dd404dc4858d2036dd0d1fce38d97a1d236c9bd65436747094fcc9a34d69a5c7cee78d8e",
        {"LICENSE.txt": "tslib.LICENSE"},
    ),
]
CHART_PARTS = ("echarts", "zrender", "tslib")
"""The packages that the drawings are made of; they are bound into one file."""
BUNDLER = "esbuild@0.28.2"
BUNDLE_SHA512 = (
    "fa92fb6253586f20018b0746a8f4df1e693cd599cfc1fb56f219187dbcb8e5fc"
    "9d3a4e5eed6bd9de7f982da7908feb131093dee7d7a450a750a14173865807fe"
)
"""What the bundler makes of them; whoever made it, this is what is kept."""
# Only the drawings that the reports have: three fifths of the whole library.
BUNDLE = """\
import * as core from "echarts/core.js";
import { BarChart, FunnelChart, HeatmapChart, LineChart, SankeyChart } from "echarts/charts.js";
import {
  AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapContinuousComponent,
} from "echarts/components.js";
import { CanvasRenderer } from "echarts/renderers.js";
core.use([
  BarChart, FunnelChart, HeatmapChart, LineChart, SankeyChart,
  AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapContinuousComponent, CanvasRenderer,
]);
export const { init } = core;
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


def bundle(folder: Path, sources: dict[str, Path]) -> bytes:
    """Bind the drawings into one script that sets `echarts`; refuse it when its digest is not the one written above."""
    place = folder / "bundle"
    (place / "node_modules").mkdir(parents=True)
    for name in CHART_PARTS:
        shutil.copytree(sources[name], place / "node_modules" / name)
    (place / "charts.js").write_text(BUNDLE)
    tool = folder / "bundler"
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(tool), BUNDLER]
    subprocess.run(install, cwd=folder, check=True)
    options = ["--bundle", "--minify", "--format=iife", "--global-name=echarts", "--target=es2020", "--charset=utf8"]
    options += ["--define:process.env.NODE_ENV='production'", "--legal-comments=inline", "--log-level=error"]
    run = [str(tool / "node_modules" / ".bin" / "esbuild"), "charts.js", *options]
    made = subprocess.run(run, cwd=place, check=True, stdout=subprocess.PIPE).stdout
    digest = hashlib.sha512(made).hexdigest()
    if digest != BUNDLE_SHA512:
        sys.exit(f"echarts.min.js has the digest {digest}, expected {BUNDLE_SHA512}")
    return made


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
        sources: dict[str, Path] = {}
        for package in PACKAGES:
            source = sources[package.name] = fetch(package, Path(scratch))
            for there, here in package.files.items():
                (TARGET / here).write_text(without_source_map((source / there).read_text()))
            if package.name == "@tabler/icons":
                (ICONS_TARGET / "console.svg").write_text(sprite(source / "icons"))
            if package.name == "@expo-google-fonts/noto-sans-sc":
                whole = source / "400Regular" / "NotoSansSC_400Regular.ttf"
                (FONT_TARGET / "NotoSansSC.ttf").write_bytes(font.cut(whole))
        (TARGET / "echarts.min.js").write_bytes(bundle(Path(scratch), sources))
    lines = [f"{package.name}@{package.version}" for package in PACKAGES]
    (TARGET / "VERSIONS").write_text("\n".join(lines) + "\n")
    print(f"{TARGET}: {', '.join(lines)}, {len(ICONS)} icons")


if __name__ == "__main__":
    main()
