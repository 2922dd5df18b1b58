"""What the browser and papers get: vendored files as fetched, and everything found by its hashed name in production."""

import hashlib
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import override_settings

from tools import vendor

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
ICONS = ROOT / "static" / "icons"
FONTS = ROOT / "refunds" / "fonts"


def test_what_is_there_is_what_the_program_fetches() -> None:
    assert (VENDOR / "VERSIONS").read_text().split() == [f"{one.name}@{one.version}" for one in vendor.PACKAGES]
    fetched = {(VENDOR / here).resolve() for package in vendor.PACKAGES for here in package.files.values()}
    there = {*VENDOR.iterdir(), *ICONS.iterdir(), *FONTS.iterdir()}
    made = {
        VENDOR / "VERSIONS",
        VENDOR / "echarts.min.js",
        ICONS / "console.svg",
        ICONS / "favicon.svg",
        FONTS / "NotoSansSC.ttf",
    }
    assert there == fetched | made


def test_every_vendored_file_comes_with_its_licence() -> None:
    for path in (*VENDOR.glob("*.LICENSE"), ICONS / "LICENSE", FONTS / "OFL.txt"):
        assert len(path.read_text()) > 500


def test_the_drawings_are_what_the_bundler_made() -> None:
    drawings = (VENDOR / "echarts.min.js").read_bytes()
    assert hashlib.sha512(drawings).hexdigest() == vendor.BUNDLE_SHA512
    assert not re.search(rb"new Function|\beval\(", drawings)  # what the page's policy forbids


def test_no_vendored_file_names_a_source_map() -> None:
    assert [path.name for path in VENDOR.iterdir() if "sourceMappingURL" in path.read_text()] == []


def test_source_maps_are_dropped_from_styles_and_scripts() -> None:
    assert vendor.without_source_map("a{}/*# sourceMappingURL=a.css.map */") == "a{}\n"
    assert vendor.without_source_map("f();\n//# sourceMappingURL=f.js.map\n") == "f();\n"


def test_every_icon_that_is_drawn_is_in_the_sprite() -> None:
    sprite = (ICONS / "console.svg").read_text()
    known = {*vendor.ICONS, "flag-filled"}
    assert set(re.findall(r'<symbol id="([^"]+)"', sprite)) == known
    draws = re.compile(r"""\{% sprite %\}#([\w-]+)|\{% icon ["']([\w-]+)["']""")
    drawn = {
        match[1] or match[2]
        for page in (ROOT / "templates").rglob("*.html")
        for match in draws.finditer(page.read_text())
    }
    assert drawn <= known


@pytest.mark.slow
def test_production_finds_every_file_by_its_hashed_name(tmp_path: Path) -> None:
    """A reference to a file that is not there would end the build of the image."""
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
    assert list((tmp_path / "vendor").glob("htmx.min.*.js.gz"))
    assert finders.find("icons/console.svg") is not None
