"""The playbook's pages: read by the desk, drafted, checked and published by supervisors."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from aftersales.core import clock
from aftersales.core.models import Role
from tests import factories
from tests.pages import press, sign_in, warm, words
from tickets import services
from tickets.models import PlaybookVersion
from tickets.selectors import playbook
from tickets.selectors.playbook import current
from tickets.selectors.playbook.default import RULES

pytestmark = pytest.mark.django_db
PLACES = {rule["id"]: place for place, rule in enumerate(RULES, 1)}


@pytest.fixture(autouse=True)
def fresh():
    current.forget()
    with translation.override("en"):
        yield
    current.forget()


@pytest.fixture
def boss(client: Client) -> Client:
    sign_in(client, Role.SUPERVISOR)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def draft_of(client: Client) -> PlaybookVersion:
    fields = {"source": "0", "note": "double eleven", "form_token": uuid.uuid4().hex}
    answer = press(client, reverse("tickets:playbook_draft"), fields)
    assert answer.status_code == 204
    return PlaybookVersion.objects.get(published_at=None)


def url(name: str, draft: PlaybookVersion, *more: int) -> str:
    return reverse(f"tickets:playbook_{name}", args=[draft.pk, *more])


def typed(client: Client, draft: PlaybookVersion, place: int, **changes: Any) -> dict[str, Any]:
    """What the browser would send of a rule's form, with some of it typed anew."""
    form = client.get(url("rule", draft, place)).context["form"]
    data: dict[str, Any] = {}
    for field in form:
        value = field.value()
        if value not in (None, "", []):
            data[field.html_name] = value
    return data | changes


def test_the_list_says_which_holds_and_leads_to_the_rules(boss):
    shown = words(boss.get("/playbook/"))
    assert "The playbook that comes with the program" in shown
    rules = words(boss.get("/playbook/program/"))
    for said in ("in force", "Return · seven days without reason", "within the seven days", "every case that is left"):
        assert said in rules, said


def test_an_agent_reads_and_is_offered_nothing_to_change(client):
    draft = services.draft_start(actor=factories.staff(Role.SUPERVISOR))
    sign_in(client, Role.AGENT)
    body = client.get(url("version", draft)).content.decode()
    assert "Return · seven" in body or "退货退款" in body
    assert "/publish/" not in body
    assert "/move/" not in body
    assert client.get(url("rule", draft, 1)).status_code == 403
    assert client.post(url("move", draft, 1), {"by": "out", "version": 1}).status_code == 403
    assert len(PlaybookVersion.objects.get().rules) == len(RULES)


def test_a_supervisor_of_some_shops_is_offered_nothing_to_change(client):
    draft = services.draft_start(actor=factories.staff(Role.SUPERVISOR))
    sign_in(client, Role.SUPERVISOR, factories.make_shop())
    for page in ("/playbook/", url("version", draft)):
        body = client.get(page).content.decode()
        assert "data-dialog" not in body.split("<main")[1]
        assert "/move/" not in body
    assert client.post(url("move", draft, 1), {"by": "out", "version": 1}).status_code == 403
    assert PlaybookVersion.objects.get().version == 1


def test_a_rule_is_shown_as_it_is_stored_and_saved_unchanged(boss):
    """Whatever conditions it has: what is shown and sent back is what stood there."""
    draft = draft_of(boss)
    for place in range(1, len(RULES) + 1):
        current_version = PlaybookVersion.objects.get(pk=draft.pk)
        answer = press(boss, url("rule", draft, place), typed(boss, current_version, place))
        assert answer.status_code == 204, (place, answer.content.decode()[:2000])
    assert PlaybookVersion.objects.get(pk=draft.pk).rules == RULES


def test_conditions_are_typed_in_the_units_that_people_use(boss):
    draft = draft_of(boss)
    changes = {
        "amount_fen": "10.50",
        "amount_fen_most": "1,200",
        "item_score_most": "4.5",
        "hot_seller": "no",
        "category": "茶叶、茶具",
        "refusals": "1",
        "rests_on": "dec-1, LAW-5",
        "zh_7": "再问一次",
        "en_7": "Ask once more",
        "look_7": "contact",
    }
    place = PLACES["return-quality"]
    assert press(boss, url("rule", draft, place), typed(boss, draft, place, **changes)).status_code == 204
    rule = PlaybookVersion.objects.get().rules[place - 1]
    assert rule["when"] == {
        "kind": ["return_refund"],
        "reason": ["quality", "not_as_described"],
        "amount_fen": {"least": 1050, "most": 120000},
        "item_score": {"most": 45},
        "hot_seller": False,
        "category": ["茶叶", "茶具"],
        "refusals": {"least": 1},
    }
    assert rule["rests_on"] == ["DEC-1", "LAW-5"]
    assert rule["steps"][-1] == {"zh": "再问一次", "en": "Ask once more", "look": "contact"}
    assert typed(boss, PlaybookVersion.objects.get(), place)["amount_fen"] == "10.50"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": "Not An Id"}, "An id is made of small letters"),
        ({"rests_on": "because"}, "id looks like"),
        ({"zh_5": "只有中文"}, "Both languages are needed."),
        ({"amount_fen": "9", "amount_fen_most": "3"}, "The lower bound is above the upper one"),
        ({"id": "counterfeit"}, "has this id already"),
        ({"action": "shout"}, "shout"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_in_the_dialog_and_nothing_is_written(boss, changes, said):
    draft = draft_of(boss)
    answer = press(boss, url("rule", draft, 3), typed(boss, draft, 3, **changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert PlaybookVersion.objects.get().version == 1


def test_a_new_rule_stands_in_front_of_the_last_and_its_fault_beside_it(boss):
    draft = draft_of(boss)
    fields = typed(boss, draft, PLACES["return-ours"], id="late-comer", title_en="Late comer", title_zh="后来的")
    assert press(boss, url("rule", draft, 0), fields).status_code == 204
    rules = PlaybookVersion.objects.get().rules
    assert [rule["id"] for rule in rules[-2:]] == ["late-comer", "anything-else"]
    body = words(boss.get(url("version", draft)))
    number = PLACES["return-ours"]
    assert f"The same conditions as rule {number} “Return · damaged or wrong goods”" in body
    assert "new rule Late comer" in body


def test_rules_move_and_go(boss):
    draft = draft_of(boss)
    boss.post(url("move", draft, 2), {"by": "up", "version": 1})
    boss.post(url("move", draft, 2), {"by": "down", "version": 2})
    boss.post(url("move", draft, 1), {"by": "out", "version": 3})
    ids = [rule["id"] for rule in PlaybookVersion.objects.get().rules]
    assert ids[:3] == ["return-agreed", "in-dispute", "return-failed"]
    assert len(ids) == len(RULES) - 1
    answer = boss.post(url("move", draft, 1), {"by": "out", "version": 3}, follow=True)
    assert "changed since you opened it" in words(answer)
    assert len(PlaybookVersion.objects.get().rules) == len(RULES) - 1
    for place, version in ((99, 4), (1, "x")):
        assert boss.post(url("move", draft, place), {"by": "out", "version": version}).status_code == 404


def test_publishing_shows_what_changes_and_puts_it_in_force(boss):
    draft = draft_of(boss)
    place = PLACES["return-seven-day"]
    press(boss, url("rule", draft, place), typed(boss, draft, place, action="contact"))
    shown = words(boss.get(url("publish", draft)))
    assert "recommends: Agree → Contact the buyer first" in shown
    answer = press(boss, url("publish", draft), {"version": "2", "effective_at": "", "note": "why"})
    assert answer.status_code == 204
    assert playbook.in_force().version == 1
    assert "Version 1" in words(boss.get("/playbook/"))
    page = words(boss.get(url("version", draft)))
    assert "What it changed" in page
    assert "recommends: Agree → Contact the buyer first" in page


def test_what_is_wrong_or_past_is_not_published(boss):
    draft = draft_of(boss)
    boss.post(url("move", draft, len(RULES)), {"by": "out", "version": 1})
    answer = press(boss, url("publish", draft), {"version": "2", "effective_at": ""})
    assert answer.status_code == 422
    assert "The last rule must have no conditions" in answer.content.decode()
    past = (clock.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert press(boss, url("publish", draft), {"version": "2", "effective_at": past}).status_code == 422
    assert PlaybookVersion.objects.get().is_draft


def test_a_draft_is_thrown_away_and_a_planned_version_withdrawn(boss):
    draft = draft_of(boss)
    assert press(boss, url("withdraw", draft))["HX-Redirect"] == "/playbook/"
    assert not PlaybookVersion.objects.exists()
    planned = draft_of(boss)
    later = (clock.now().astimezone(clock.SHANGHAI) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert press(boss, url("publish", planned), {"version": "1", "effective_at": later}).status_code == 204
    assert "planned" in words(boss.get("/playbook/"))
    assert press(boss, url("withdraw", planned)).status_code == 204
    assert "withdrawn" in words(boss.get("/playbook/"))
    assert press(boss, url("withdraw", planned)).status_code == 409


def test_rules_that_cannot_be_read_any_more_are_named_and_not_shown(boss):
    """As after an upgrade that dropped a condition."""
    draft = draft_of(boss)
    PlaybookVersion.objects.update(rules=[{**RULES[0], "when": {"moon": ["full"]}}, RULES[-1]])
    shown = boss.get(url("version", draft))
    assert "There is no condition “moon”" in words(shown)
    assert boss.get(url("publish", draft)).status_code == 200
    assert press(boss, url("publish", draft), {"version": "1", "effective_at": ""}).status_code == 422
    assert boss.get(url("rule", draft, 1)).status_code == 409
    assert press(boss, url("withdraw", draft)).status_code == 204


def test_the_list_costs_the_same_with_many_versions(boss, django_assert_num_queries):
    """Session, person, versions; which one holds is in memory."""
    actor = factories.staff(Role.SUPERVISOR)
    for days in range(1, 12):
        draft = services.draft_start(actor=actor)
        services.draft_publish(draft=draft, actor=actor, version=1, effective_at=clock.now() + timedelta(days=days))
    warm(boss, "/playbook/")
    with django_assert_num_queries(4):
        boss.get("/playbook/")
