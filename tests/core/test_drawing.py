"""State machines as pictures: everything of the table is on them, nothing lies on something else, always the same."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import translation

from aftersales.core import drawing, transitions
from aftersales.core.drawing import layout
from complaints.states import COMPLAINT
from feedback.states import FEEDBACK
from invoices.states import INVOICE
from logistics.states.claim import CLAIM
from orders.states import ORDER
from refunds.states import DISPUTE, PAYMENT, PAYOUT, REFUND
from service.states import SERVICE
from surveys.states import SURVEY
from tickets.states import TICKET

MACHINES = [ORDER, REFUND, DISPUTE, PAYMENT, PAYOUT, CLAIM, INVOICE, COMPLAINT, FEEDBACK, SERVICE, SURVEY, TICKET]
PICTURES = [
    "claim",
    "complaint",
    "dispute",
    "feedback",
    "invoice",
    "order",
    "parcel",
    "payment",
    "payout",
    "proposal",
    "refund-money",
    "refund-goods",
    "service",
    "survey",
    "ticket",
]


def all_diagrams():
    return [diagram for machine in MACHINES for diagram in drawing.diagrams(machine)]


def test_every_machine_is_drawn():
    names = [d.name for _n, bound in sorted(transitions.bindings.items()) for d in drawing.diagrams(bound.machine)]
    assert names == PICTURES


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_state_step_and_deadline_is_on_the_picture(machine, language):
    """Each edge is a way between its cards, or a line of the card that it does not leave."""
    with translation.override(language):
        found = drawing.diagrams(machine)
        assert {card.state for d in found for card in d.cards if not card.elsewhere} == set(machine.labels)
        ways = {(way.source, way.target): way.labels for d in found for way in d.ways}
        cards = {card.state: card for d in found for card in d.cards if not card.elsewhere}
        for edge in machine.edges:
            label = drawing.step_label(machine, edge)
            if not edge.source:
                assert label in cards[edge.target].begins
            elif edge.source == edge.target:
                assert label in cards[edge.source].stays
            else:
                assert label in ways[edge.source, edge.target]
        for rule in machine.deadlines:
            assert drawing.deadline_words(machine, rule) in cards[rule.state].deadlines


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_word_of_a_picture_is_told_in_the_language(language):
    """No step goes by its name in the code."""
    with translation.override(language):
        for machine in MACHINES:
            for edge in machine.edges:
                assert not re.search(r"[a-z]_[a-z]", drawing.step_label(machine, edge)), edge.name
            if language == "zh-hans":
                assert all(re.search(r"[\u4e00-\u9fff]", drawing.step_label(machine, one)) for one in machine.edges)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_nothing_lies_on_something_else(language):
    """Cards do not touch, words stay inside their card or between cards and rails, no two words share a line."""
    with translation.override(language):
        for diagram in all_diagrams():
            placed = layout.place(diagram, comma=", ")
            for above, below in zip(placed.boxes, placed.boxes[1:], strict=False):
                assert above.y + above.height < below.y
            right = layout.PAD + layout.CARD
            for box in placed.boxes:
                assert all(box.y < text.y < box.y + box.height for text in box.lines), (diagram.name, box.card.state)
                assert all(text.x + layout.width_of(text.words, 12) < right + 8 for text in box.lines)
            rails = right + layout.LABELS
            words = [text for path in placed.paths for text in path.lines]
            assert all(right < text.x and text.x + layout.width_of(text.words, 12) < rails for text in words)
            assert all(abs(one.y - other.y) >= layout.SMALL for one, other in combinations(words, 2))
            assert all(path.rail < placed.width for path in placed.paths)


def test_ways_that_share_a_rail_lead_to_the_same_state_or_do_not_meet():
    for diagram in all_diagrams():
        spans = {}
        for path in layout.place(diagram, comma=", ").paths:
            low, high = spans.get((path.rail, path.target), (path.enters, path.enters))
            spans[path.rail, path.target] = (min(low, path.y), max(high, path.y))
        for (one, here), (other, there) in combinations(spans.items(), 2):
            if one[0] == other[0]:
                assert here[1] < there[0] or there[1] < here[0], (diagram.name, one, other)


def test_the_state_where_one_stands_is_marked_with_its_ways_out():
    [diagram] = drawing.diagrams(PAYMENT)
    picture = drawing.svg(diagram, "sent")
    assert picture.count('class="state here" aria-current="true"') == 1
    assert picture.count('class="out open"') == 3  # lost, failed, confirmed
    assert "here" not in drawing.svg(diagram)


def test_a_picture_needs_no_style_of_its_own_and_no_script():
    """The page's policy allows neither; as a file it brings a sheet along, and nothing that is loaded."""
    for diagram in all_diagrams():
        picture = drawing.svg(diagram)
        assert "style" not in picture
        assert "script" not in picture
        root = ET.fromstring(drawing.standalone(diagram))
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "href" not in drawing.standalone(diagram)


def test_words_are_escaped():
    odd = replace(PAYMENT, labels={**PAYMENT.labels, "sent": "<b>&"})
    assert "&lt;b&gt;&amp;" in drawing.svg(drawing.diagrams(odd)[0])


def test_lines_break_between_words_and_chinese_characters_but_not_before_a_comma():
    assert layout.wrap("one two three", 12, 60) == ["one two", "three"]
    assert layout.wrap("卖家已经同意，等待买家", 12, 72) == ["卖家已经同", "意，等待买家"]
    assert layout.wrap("", 12, 60) == []


def test_the_pictures_in_the_documents_are_those_of_the_tables(monkeypatch):
    call_command("graph", "--check")
    monkeypatch.setattr(drawing, "standalone", lambda diagram: "another")
    with pytest.raises(
        CommandError,
        match=r"complaint\.svg, dispute\.svg, feedback\.svg, invoice\.svg, order\.svg, parcel\.svg",
    ):
        call_command("graph", "--check")


def test_a_picture_that_no_machine_has_is_found_and_goes(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    call_command("graph", verbosity=0)
    folder = Path(tmp_path) / "docs" / "states"
    (folder / "ghost.svg").write_text("<svg/>")
    with pytest.raises(CommandError, match=r"ghost\.svg"):
        call_command("graph", "--check")
    call_command("graph", verbosity=0)
    assert sorted(path.stem for path in folder.glob("*.svg")) == sorted(PICTURES)
