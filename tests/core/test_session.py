"""Signing in and out, the second step, lock-out, and the preferences of one person."""

from binascii import unhexlify
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from aftersales.core.context_processors import SHOP_SESSION_KEY
from aftersales.core.models import Role, User
from tests.factories import make_shop, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "secret-pass-1"


@pytest.fixture(autouse=True)
def _frame(settings: Any) -> None:
    """Have the frame's context on, and a page of ours to land on."""
    name = "aftersales.core.context_processors.console"
    processors = settings.TEMPLATES[0]["OPTIONS"]["context_processors"]
    if name not in processors:
        template = settings.TEMPLATES[0]
        options = template["OPTIONS"] | {"context_processors": [*processors, name]}
        settings.TEMPLATES = [template | {"OPTIONS": options}]
    settings.LOGIN_REDIRECT_URL = "/account/password/"


def enter(client: Client, user: User, password: str = PASSWORD, target: str = "") -> Any:
    """Send the first step."""
    return client.post(reverse("core:login"), {"username": user.username, "password": password, "next": target})


def device_of(user: User, *, confirmed: bool = True) -> TOTPDevice:
    """Give somebody an authenticator app."""
    return TOTPDevice.objects.create(user=user, name="app", confirmed=confirmed)


def code_of(device: TOTPDevice) -> str:
    """Read the code that the app shows now."""
    return f"{totp(unhexlify(device.key.encode())):06d}"


def signed_in(client: Client) -> bool:
    """Tell whether the client has a session of somebody."""
    return "_auth_user_id" in client.session


def test_name_and_password_lead_to_the_page_that_was_asked_for(client: Client) -> None:
    answer = enter(client, make_user(), target="/account/two-step/")
    assert (answer.status_code, answer["Location"], signed_in(client)) == (302, "/account/two-step/", True)


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil.example"],
)
def test_another_site_is_never_the_next_page(client: Client, target: str) -> None:
    assert enter(client, make_user(), target=target)["Location"] == "/account/password/"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/"])
@pytest.mark.parametrize("name", ["core:language", "core:theme"])
def test_a_preference_sends_nobody_to_another_site(client: Client, name: str, target: str) -> None:
    assert client.post(reverse(name), {"next": target})["Location"] == "/account/password/"


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client: Client) -> None:
    user = make_user()
    wrong = enter(client, user, "not it")
    unknown = client.post(reverse("core:login"), {"username": "nobody", "password": PASSWORD})
    inactive = make_user(is_active=False)
    texts = {page.context["form"].non_field_errors()[0] for page in (wrong, unknown, enter(client, inactive))}
    assert len(texts) == 1
    assert not signed_in(client)


def test_whoever_has_a_second_step_is_not_in_before_it(client: Client) -> None:
    user = make_user()
    device = device_of(user)
    answer = enter(client, user, target="/account/two-step/")
    assert (answer["Location"], signed_in(client)) == ("/login/code/", False)
    answer = client.post("/login/code/", {"code": f" {code_of(device)[:3]} {code_of(device)[3:]} "})
    assert (answer["Location"], signed_in(client)) == ("/account/two-step/", True)
    assert client.session["otp_device_id"] == device.persistent_id


def test_an_unconfirmed_app_asks_for_nothing(client: Client) -> None:
    user = make_user()
    device_of(user, confirmed=False)
    enter(client, user)
    assert signed_in(client)


def test_a_code_is_taken_once(client: Client) -> None:
    user = make_user()
    device = device_of(user)
    code = code_of(device)
    enter(client, user)
    client.post("/login/code/", {"code": code})
    again = Client()
    enter(again, user)
    assert again.post("/login/code/", {"code": code}).status_code == 422
    assert not signed_in(again)


def test_the_second_step_without_the_first_leads_back(client: Client) -> None:
    assert client.get("/login/code/")["Location"] == "/login/"
    assert client.post("/login/code/", {"code": "123456"})["Location"] == "/login/"


def test_after_five_wrong_codes_one_starts_again(client: Client) -> None:
    user = make_user()
    device = device_of(user)
    enter(client, user)
    for _ in range(5):
        assert client.post("/login/code/", {"code": "000000"}).status_code == 422
    assert client.post("/login/code/", {"code": code_of(device)})["Location"] == "/login/"
    assert not signed_in(client)


def test_too_many_failures_lock_with_a_page_that_says_so(client: Client, settings: Any) -> None:
    settings.AXES_ENABLED, settings.AXES_FAILURE_LIMIT = True, 3
    settings.AXES_LOCKOUT_TEMPLATE, settings.AXES_HTTP_RESPONSE_CODE = "core/locked.html", 429
    user = make_user()
    for _ in range(3):
        answer = enter(client, user, "not it")
    assert answer.status_code == 429
    assert "core/locked.html" in [template.name for template in answer.templates]
    assert enter(client, user).status_code == 429
    assert not signed_in(client)


def test_wrong_codes_count_towards_the_lock(client: Client, settings: Any) -> None:
    settings.AXES_ENABLED, settings.AXES_FAILURE_LIMIT = True, 2
    settings.AXES_LOCKOUT_TEMPLATE, settings.AXES_HTTP_RESPONSE_CODE = "core/locked.html", 429
    user = make_user()
    device_of(user)
    enter(client, user)
    answers = [client.post("/login/code/", {"code": "000000"}).status_code for _ in range(2)]
    assert answers == [422, 429]


def test_an_app_is_in_force_only_after_its_proof(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    page = client.get("/account/two-step/")
    device = TOTPDevice.objects.get(user=user)
    assert not device.confirmed
    assert "<svg" in page.content.decode()
    assert "style=" not in page.content.decode()
    assert client.post("/account/two-step/", {"code": "000000"}).status_code == 422
    device.refresh_from_db()
    assert not device.confirmed
    TOTPDevice.objects.update(throttling_failure_count=0)  # django-otp slows the next try down
    client.post("/account/two-step/", {"code": code_of(device)})
    device.refresh_from_db()
    assert device.confirmed


def test_the_secret_is_never_shown_again(client: Client) -> None:
    user = make_user()
    device_of(user)
    client.force_login(user)
    page = client.get("/account/two-step/").content.decode()
    assert 'class="secret"' not in page
    assert "qr-image" not in page


def test_taking_the_app_off_asks_for_a_code(client: Client) -> None:
    user = make_user()
    device = device_of(user)
    client.force_login(user)
    client.post("/account/two-step/", {"code": "000000"})
    assert TOTPDevice.objects.filter(user=user).exists()
    TOTPDevice.objects.update(throttling_failure_count=0)
    client.post("/account/two-step/", {"code": code_of(device)})
    assert not TOTPDevice.objects.filter(user=user).exists()


def test_signing_out_is_a_post(client: Client) -> None:
    client.force_login(make_user())
    assert client.get("/logout/").status_code == 405
    assert signed_in(client)
    assert client.post("/logout/")["Location"] == "/login/"
    assert not signed_in(client)


def test_a_new_password_ends_the_other_sessions(client: Client) -> None:
    user = make_user()
    other = Client()
    for each in (client, other):
        each.force_login(user)
    fresh = "correct horse battery staple"
    answer = client.post(
        "/account/password/", {"old_password": PASSWORD, "new_password1": fresh, "new_password2": fresh}
    )
    assert answer.status_code == 302
    assert client.get("/account/password/").status_code == 200
    assert other.get("/account/password/").status_code == 302


def test_the_language_stays_with_the_person(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    client.post("/account/language/", {"language": "en"})
    user.refresh_from_db()
    assert user.language == "en"
    elsewhere = Client(headers={"accept-language": "zh-CN"})
    enter(elsewhere, user)
    assert '<html lang="en"' in elsewhere.get("/account/password/").content.decode()


def test_an_unknown_language_changes_nothing(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    assert client.post("/account/language/", {"language": "../etc"}).status_code == 302
    user.refresh_from_db()
    assert user.language == ""


@pytest.mark.parametrize(("choice", "kept"), [("dark", "dark"), ("light", "light"), ('"><script>', None)])
def test_the_theme_is_kept_by_the_browser(client: Client, choice: str, kept: str | None) -> None:
    client.post("/account/theme/", {"theme": choice})
    morsel = client.cookies.get("theme")
    assert (morsel.value if morsel else None) == kept


def test_only_a_shop_that_one_sees_can_be_chosen(client: Client) -> None:
    own, foreign = make_shop(), make_shop()
    client.force_login(make_user(Role.AGENT, own))
    client.post("/account/shop/", {"shop": foreign.pk})
    assert SHOP_SESSION_KEY not in client.session
    client.post("/account/shop/", {"shop": own.pk})
    assert client.session[SHOP_SESSION_KEY] == own.pk
    client.post("/account/shop/", {"shop": ""})
    assert SHOP_SESSION_KEY not in client.session


@pytest.mark.parametrize("path", ["/login/", "/account/password/", "/account/two-step/"])
def test_no_page_has_inline_script_style_or_handler(client: Client, path: str) -> None:
    if path != "/login/":
        client.force_login(make_user())
    page = client.get(path).content.decode().lower()
    assert " style=" not in page
    assert "<style" not in page
    assert " onclick=" not in page
    for script in page.split("<script")[1:]:
        head, _, body = script.partition(">")
        assert "src=" in head or 'type="application/json"' in head or not body.partition("</script")[0].strip()
