"""A thousand pushes into the callback and out of the inbox: none lost, none twice (LOG-6).

`python -m bench --only pushing --long` does it with 100,000 and prints the rate.
"""

import pytest

from bench.measures import pushing
from logistics import gateways, services

from .kuaidi_world import parcel
from .test_following import Scripted

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_thousand_pushes_none_lost_and_none_twice(tmp_path, settings):
    settings.AFTERSALES, settings.KUAIDI100 = dict(settings.AFTERSALES), dict(settings.KUAIDI100)
    pushing.install(tmp_path)
    numbers = [parcel(f"YT{number:013d}").tracking_no for number in range(100)]
    services.subscriptions_open()
    services.subscriptions_ask(provider=Scripted(), most=100)
    done = pushing.push(numbers, each=10)
    gateways._kuaidi100.cache_clear()
    assert done.wrong == ()
    assert (done.pushes, done.sent) == (1000, 1100)
