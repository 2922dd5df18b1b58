"""Where a webhook may go: to the open internet, and to the very address that was looked at (api.md)."""

import pytest

from aftersales.core import errors
from aftersales.core.webhooks import outward
from tests import factories

from .hook_receiver import receiving

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


PUBLIC = ["https://shop.example.com/hooks", "https://8.8.8.8/x", "https://[2606:4700::1111]:8443/", "https://例子.cn/"]
PRIVATE = [
    "http://shop.example.com/",
    "ftp://shop.example.com/",
    "https://127.0.0.1/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://user:secret@shop.example.com/",
    "https:///hooks",
    "https://shop.example.com:99999/",
    "https://shop.example.com:25/",
    "https://shop.example.com:80/",
    "https://8.8.8.8:5432/",
    "https://shop.example.com/a b",
    "shop.example.com",
    "",
]


@pytest.mark.parametrize("url", PUBLIC)
def test_an_address_of_the_open_internet_is_taken(url):
    assert outward.address_checked(url, allow_private=False)


@pytest.mark.parametrize("url", PRIVATE)
def test_what_leads_into_our_own_network_is_refused(url, settings):
    settings.AFTERSALES = settings.AFTERSALES | {"webhooks_allow_private": False}
    shop = factories.make_shop()
    with pytest.raises(errors.Invalid) as refused:
        factories.make_webhook(shop, url)
    assert refused.value.errors[0].field == "url"


def names(monkeypatch, *addresses):
    def getaddrinfo(_host, port, *_args, **_more):
        return [(2, 1, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(outward.socket, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("169.254.169.254",)])
def test_a_name_of_a_private_address_is_refused_when_it_is_sent(monkeypatch, addresses):
    names(monkeypatch, *addresses)
    answer = outward.Post("https://rebinding.example.com/", b"{}", {}).send()
    assert answer.error == "refused: the host has a private address"


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch, receiver):
    """DNS rebinding: the name is resolved once, whatever it says afterwards."""
    asked, real = [], outward.connection.create_connection
    names(monkeypatch, "127.0.0.1")

    def watched(address, *rest, **more):
        asked.append(address)
        return real(address, *rest, **more)

    monkeypatch.setattr(outward.connection, "create_connection", watched)
    port = receiver.url.rpartition(":")[2].partition("/")[0]
    post = outward.Post(f"http://front-end.example.com:{port}/hooks", b"{}", {}, allow_private=True)
    assert post.send().status == 204
    assert asked == [("127.0.0.1", int(port))]
    assert receiver.got[0][0]["host"] == f"front-end.example.com:{port}"


def test_other_ports_are_taken_where_the_installation_says_so(settings):
    settings.AFTERSALES = settings.AFTERSALES | {"webhook_ports": frozenset({443, 9443})}
    assert outward.address_checked("https://shop.example.com:9443/", allow_private=False)
    with pytest.raises(outward.Refused, match="port"):
        outward.address_checked("https://shop.example.com:8443/", allow_private=False)
    said = outward.Post("https://shop.example.com:6379/", b"{}", {}).send()
    assert said.error == "refused: the port is not one that messages may go to"
