"""What the state tests of requests for money and for goods have in common; each has its own table of the possible."""

from collections.abc import Mapping
from typing import Any

from aftersales.core import errors, transitions
from refunds import services
from refunds.models import Refund
from refunds.states import REFUND
from tests.cells import EVERYBODY, People, actions_open_to, cells_of, nothing_written, split, try_all, undone
from tests.checks import all_is_well
from tests.helpers import refused

from .serving import DETAILS, serve

World = tuple[dict[str, int], People]
Cells = Mapping[str, tuple[str, str]]
"""What is possible in a standing: by action and outcome, where it leads and who may, apart by spaces."""


def every_state_is_stood_in(world: World, possible: Mapping[str, Cells], statuses: list[str]) -> None:
    """Check that each status has a standing, and each standing its cells."""
    reached, _everybody = world
    stood_in = set(Refund.objects.filter(pk__in=reached.values()).values_list("status", flat=True))
    assert stood_in == set(statuses)
    assert reached.keys() == possible.keys()


def every_cell(world: World, standing: str, possible: Cells) -> None:
    """Try all that anybody could do in a standing: what is not possible is refused without a trace."""
    reached, everybody = world
    tried = try_all(services.REFUND, reached[standing], possible, everybody, DETAILS)
    assert tried == len(cells_of(REFUND)) * (len(EVERYBODY) + len(everybody.theirs))


def pages_offer_what_is_possible(world: World, standing: str, possible: Cells) -> None:
    """Check that the actions offered to a role are the ones that work for it, and no others."""
    reached, everybody = world
    for role in EVERYBODY:
        works = {split(cell)[0] for cell, (_target, who) in possible.items() if role in who.split()}
        works -= REFUND.internal
        assert actions_open_to(services.REFUND, reached[standing], everybody.ours[role]) == works, role


def every_service_leaves_the_books_in_order(world: World, standing: str, possible: Cells, *, but: str = "") -> None:
    """Take each possible step (`but` one) through its service, for the first and the last of those who may."""
    reached, everybody = world
    for cell, (target, who) in possible.items():
        if cell == but:
            continue
        for role in {who.split()[0], who.split()[-1]}:
            with undone():
                refund = Refund.objects.select_related("order", "shop").get(pk=reached[standing])
                serve(refund, cell, everybody.ours[role])
                assert Refund.objects.get(pk=refund.pk).status == target, (standing, cell, role)
                all_is_well(overdue=True)


def refusal_names_its_rule(world: World, standing: str, cell: str, role: str, rule: str) -> None:
    """Check that a refused step names its rule and what would be possible, and writes nothing."""
    reached, everybody = world
    action, outcome = split(cell)
    actor = everybody.ours[role]
    details: dict[str, Any] = DETAILS.get(cell, {})
    with nothing_written(), refused(errors.TransitionNotAllowed, rule) as info:
        transitions.apply(services.REFUND, reached[standing], action, outcome=outcome, actor=actor, **details)
    assert set(info.value.extra["allowed_actions"]) == actions_open_to(services.REFUND, reached[standing], actor)
