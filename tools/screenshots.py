"""Photographs the pages of a running demo, in Chinese and English. No tests here: tests/e2e looks whether they work.

Without arguments the few pictures of the documentation are written to docs/screenshots/, with few colours, so that they
stay small. `--all FOLDER` photographs every main page in both languages and three widths, to be looked at by a person.
The demo's address is BASE, or PORT on this machine.
"""

import argparse
import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "screenshots"
BASE = os.environ.get("BASE") or f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
PASSWORD = "demo"
MOST_BYTES = 250_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LANGUAGES = ("zh-hans", "en")
SIZES: dict[str, ViewportSize] = {
    "desk": {"width": 1366, "height": 768},
    "wide": {"width": 1920, "height": 1080},
    "phone": {"width": 390, "height": 844},
}
PAGES: dict[str, tuple[str, ...]] = {
    "agent": (
        "queue/",
        "queue/?tab=all",
        "tickets/?tab=all",
        "tickets/hand-over/",
        "parcels/",
        "claims/",
        "invoices/",
        "notifications/",
        "tasks/",
        "account/password/",
        "account/two-step/",
        "tasks/?tab=served",
        "jobs/",
        "search/?q=铁观音",
        "complaints/",
        "replies/",
        "service/",
        "service/files/",
        "surveys/calls/",
        "problems/",
    ),
    "warehouse": ("warehouse/", "warehouse/?tab=receive", "warehouse/?tab=send", "void-lists/", "tickets/"),
    "finance": (
        "payments/",
        "payments/?tab=failed",
        "payments/?tab=done",
        "payouts/",
        "payouts/?tab=all",
        "invoices/",
        "claims/carriers/",
        "reconciliation/",
    ),
    "supervisor": (
        "deadlines/",
        "disputes/",
        "tasks/",
        "tasks/?tab=kept",
        "carriers/",
        "carriers/shunfeng/",
        "team/assignment/",
        "playbook/",
        "policies/",
        "operations/",
        "orders/import/",
        "team/",
        "team/wall/",
        "approvals/",
        "reports/",
        "reports/charts/",
        "reports/campaign/",
        "feedback/",
        "surveys/",
        "webhooks/",
        "robots/",
        "help/states/",
    ),
}
FIRST_ROW = "[data-queue] tr[data-row] a.row-link"


def main() -> int:
    """Take the pictures; return the exit code."""
    options = argparse.ArgumentParser(prog="python -m tools.screenshots", description=__doc__)
    options.add_argument("--all", type=Path, metavar="FOLDER", help="every page, into this folder")
    folder = options.parse_args().all
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        print("A browser is missing: apt-get install chromium fonts-noto-cjk")
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            photograph_all(browser, folder)
        else:
            KEPT.mkdir(parents=True, exist_ok=True)
            photograph_kept(browser)
        browser.close()
    return 0


@contextmanager
def seat(browser: Browser, user: str, language: str, size: str) -> Iterator[Page]:
    """Sit down as a user of the demo."""
    context = browser.new_context(viewport=SIZES[size], timezone_id="Asia/Shanghai", locale="zh-CN")
    context.add_cookies([{"name": "django_language", "value": language, "url": BASE}])
    page = context.new_page()
    page.goto(f"{BASE}/login/")
    page.locator("#id_username").fill(user)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    yield page
    context.close()


def photograph_kept(browser: Browser) -> None:
    """Take the pictures that the documentation shows."""
    for language, suffix in zip(LANGUAGES, ("", "-en"), strict=True):
        with seat(browser, "agent", language, "desk") as page:
            page.goto(f"{BASE}/queue/")
            keep(page, f"queue{suffix}")
            # the case of a return with pictures says most
            page.goto(f"{BASE}/queue/?kind=return_refund&reason=quality")
            page.locator(FIRST_ROW).first.click()
            page.wait_for_selector("[data-action=agree]")
            page.wait_for_load_state("networkidle")
            keep(page, f"request{suffix}")
            page.keyboard.press("a")
            page.wait_for_selector("#dialog[open] [data-confirm]")
            keep(page, f"dialog{suffix}")
    with seat(browser, "warehouse", LANGUAGES[0], "phone") as page:
        page.goto(f"{BASE}/warehouse/?tab=receive")
        page.locator(".w-acts a").first.click()
        page.wait_for_selector("form.parcel")
        keep(page, "warehouse-phone")


def photograph_all(browser: Browser, folder: Path) -> None:
    """Take every main page, in both languages and three widths."""
    for user, paths in PAGES.items():
        for language in LANGUAGES:
            for size in SIZES:
                with seat(browser, user, language, size) as page:
                    for path in (*paths, *(cases(page) if user == "agent" else ())):
                        page.goto(f"{BASE}/{path}")
                        page.wait_for_load_state("networkidle")
                        name = path.strip("/").translate(str.maketrans("/?=&", "----"))
                        page.screenshot(path=folder / f"{user}-{name}-{size}-{language[:2]}.png")
                        print(f"{user}-{name}-{size}-{language[:2]}")


def cases(page: Page) -> Iterator[str]:
    """Give the pages of the most urgent request and of its order."""
    page.goto(f"{BASE}/queue/")
    request = page.locator(FIRST_ROW).first.get_attribute("href") or ""
    page.goto(f"{BASE}{request}")
    order = page.locator("#case-order a[href^='/orders/']").first.get_attribute("href") or ""
    yield from (request.removeprefix("/"), order.removeprefix("/"))


def keep(page: Page, name: str) -> None:
    """Store the picture with as many colours as fit into its size."""
    page.wait_for_timeout(300)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in (256, 128, 64):
        content = io.BytesIO()
        picture.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            content, "PNG", optimize=True
        )
        if content.tell() <= MOST_BYTES:
            break
    (KEPT / f"{name}.png").write_bytes(content.getvalue())
    print(f"{name}.png {content.tell() // 1000} kB")


if __name__ == "__main__":
    sys.exit(main())
