"""Sample pictures: light enough to ship by the hundred, the same for the same seed, taken by our own check."""

import io

import pytest

from aftersales.core import uploads
from tickets.management.sample.pictures import KINDS, picture


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_photograph_that_the_upload_takes(kind: str) -> None:
    data = picture(kind, 3)
    assert len(data) <= 120_000
    with uploads.inspect_upload(io.BytesIO(data)) as checked:
        assert (checked.content_type, checked.width, checked.height) == ("image/jpeg", 900, 1200)


def test_a_seed_is_a_picture() -> None:
    assert picture("chat_screenshot", 1) == picture("chat_screenshot", 1)
    assert picture("chat_screenshot", 1) != picture("chat_screenshot", 2)
    assert picture("chat_screenshot", 1) != picture("chat_screenshot", 1, "罐子瘪了")
