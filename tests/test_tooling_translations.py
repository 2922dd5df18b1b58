"""Texts are found in Python and in templates, and a translation that is missing or lost a placeholder is named."""

from pathlib import Path

import pytest

from tools import translations
from tools.translations import Text

TEMPLATE = """{% load i18n %}
{% trans "Agree" %} {% translate "Open" context "verb" %} a text that says _("nothing")
{% blocktranslate count n=items %}one item of {{ name }}{% plural %}{{ n }} items of {{ name }}{% endblocktranslate %}
{% blocktranslate trimmed %}
  many
  lines
{% endblocktranslate %}
{{ _("Nobody")|default:value }} {# {% trans "Not this" %} #}
"""
MODULE = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy
one = _("It's here")
two = ngettext("%(n)s day", "%(n)s days", 2)
three = pgettext_lazy("noun", "Open")
four = _(name)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "orders").mkdir()
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "SOURCES", ["orders", "templates"])
    chinese = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    monkeypatch.setattr(translations, "CHINESE", chinese)
    monkeypatch.setattr(translations.catalogue, "__defaults__", (chinese,))
    return tmp_path


def ids(texts: list[Text]) -> list[tuple[str | None, str | tuple[str, ...]]]:
    return [(text.context, text.id) for text in texts]


def test_texts_of_a_template(project: Path) -> None:
    (project / "templates" / "page.html").write_text(TEMPLATE)
    assert ids(translations.texts()) == [
        (None, "Agree"),
        ("verb", "Open"),
        (None, ("one item of %(name)s", "%(n)s items of %(name)s")),
        (None, "many lines"),
        (None, "Nobody"),
    ]
    assert [text.line for text in translations.texts()] == [2, 2, 3, 4, 8]


def test_texts_of_a_module(project: Path) -> None:
    (project / "orders" / "services.py").write_text(MODULE)
    assert ids(translations.texts()) == [
        (None, "It's here"),
        (None, ("%(n)s day", "%(n)s days")),
        ("noun", "Open"),
    ]


def test_what_is_missing_is_named_and_what_is_there_passes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "orders" / "services.py").write_text(MODULE)
    assert translations.check() == 1
    assert 'orders/services.py:3: "It\'s here" has no Chinese translation' in capsys.readouterr().out
    assert translations.update() == 0
    po = translations.CHINESE
    filled = po.read_text()
    for singular, chinese in {"It's here": "在这里", "Open": "未结"}.items():
        filled = filled.replace(f'msgid "{singular}"\nmsgstr ""', f'msgid "{singular}"\nmsgstr "{chinese}"')
    po.write_text(filled.replace('msgstr[0] ""', 'msgstr[0] "%(n)s 天"'))
    assert translations.check() == 0
    po.write_text(po.read_text().replace("%(n)s 天", "几天"))
    assert translations.check() == 1
    assert "different placeholders" in capsys.readouterr().out


def test_updating_keeps_order_and_translations_and_drops_what_is_gone(project: Path) -> None:
    module = project / "orders" / "services.py"
    module.write_text('_("B")\n_("A")\n')
    translations.update()
    po = translations.CHINESE
    po.write_text(po.read_text().replace('msgid "B"\nmsgstr ""', 'msgid "B"\nmsgstr "乙"'))
    module.write_text('_("C")\n_("B")\n')
    more = project / "more.po"
    more.write_text('msgid "C"\nmsgstr "丙"\n\nmsgid "B"\nmsgstr "别的"\n')
    translations.update(str(more))
    once = po.read_text()
    assert [line for line in once.splitlines() if line.startswith("msg") and '""' not in line] == [
        'msgid "B"',
        'msgstr "乙"',
        'msgid "C"',
        'msgstr "丙"',
    ]
    translations.update()
    assert po.read_text() == once


def test_a_catalogue_is_compiled_once_and_again_when_it_changed(project: Path) -> None:
    translations.update()
    translations.compile_catalogues()
    mo = translations.CHINESE.with_suffix(".mo")
    first = mo.stat().st_mtime_ns
    translations.compile_catalogues()
    assert mo.stat().st_mtime_ns == first
