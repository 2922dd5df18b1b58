"""The rules that must always hold are said in the language of the page."""

import pytest

from aftersales.core import invariants
from tickets.selectors.invariant_words import SENTENCES


@pytest.mark.django_db
def test_every_rule_that_the_database_checks_can_be_translated() -> None:
    """A view's comment is the text that locale/ translates."""
    assert {rule.says for rule in invariants.invariants()} == set(SENTENCES)
