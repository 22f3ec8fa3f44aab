"""Catalogues are made from what code and templates say, keep what was translated, and name their faults."""

import gettext
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from harness.catalogues.checking import faults
from harness.catalogues.extracting import extract
from harness.catalogues.writing import compile_all, read, update

CODE = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, ngettext_lazy, npgettext, pgettext

plain = _("Save")
# Translators: of an article
noted = gettext_lazy("Publish")
joined = _(
    "One line "
    "and another."
)
counted = ngettext("%(count)d day", "%(count)d days", 3)
lazily = ngettext_lazy("One seat", "%d seats", "seats")
named = pgettext("invoice", "Number")
both = npgettext("print", "%d issue", "%d issues", 2)
again = ngettext("Save", "Save all", 2)
variable = _(plain)
"""
TEMPLATE = """
{% load i18n %}
  <p title="{% translate "Close" %}">{% translate 'Tom’s "own"' context "name" %}</p>
    {{ _("Sum") }} {{ value|default:_("nothing") }} {% include "x.html" with label=_("Of the day") %}
  {% blocktranslate trimmed with day=x.day %}
    Read <a href="{{ address }}">our policy</a>
    until {{ day }}, 100 % free.
  {% endblocktranslate %}
  {% blocktranslate trimmed count n=count context "wall" asvar said %}
    {{ n }} article left
  {% plural %}
    {{ n }} articles left
  {% endblocktranslate %}
{% comment %}{% translate "Not said" %}{% endcomment %}
{# Translators: to a reader #}
{% translate "Welcome" %}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    room = tmp_path / "product" / "room"
    (room / "templates/room").mkdir(parents=True)
    (room / "migrations").mkdir()
    (room / "said.py").write_text(CODE)
    (room / "migrations/0001.py").write_text('_("Never")')
    (room / "templates/room/page.html").write_text(TEMPLATE)
    return tmp_path / "product"


def said(root: Path) -> dict[tuple[str | None, str], str | None]:
    """(context, message) → its plural."""
    return {
        (message.context, message.id[0] if message.pluralizable else message.id): message.id[1]
        if message.pluralizable
        else None
        for message in extract(root)
        if message.id
    }


def test_everything_marked_is_found(root: Path) -> None:
    assert said(root) == {
        (None, "Save"): "Save all",
        (None, "Publish"): None,
        (None, "One line and another."): None,
        (None, "%(count)d day"): "%(count)d days",
        (None, "One seat"): "%d seats",
        ("invoice", "Number"): None,
        ("print", "%d issue"): "%d issues",
        (None, "Close"): None,
        ("name", 'Tom’s "own"'): None,
        (None, "Sum"): None,
        (None, "nothing"): None,
        (None, "Of the day"): None,
        (None, 'Read <a href="%(address)s">our policy</a> until %(day)s, 100 %% free.'): None,
        ("wall", "%(n)s article left"): "%(n)s articles left",
        (None, "Welcome"): None,
    }


def test_messages_stand_by_file_with_what_translators_should_know(root: Path, tmp_path: Path) -> None:
    update("fr", extract(root), tmp_path)
    text = (tmp_path / "fr/LC_MESSAGES/django.po").read_text()
    assert text.startswith('msgid ""\nmsgstr ""\n"Content-Transfer-Encoding: 8bit\\n"\n')
    assert '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"' in text
    assert "Date" not in text
    assert '#. of an article\n#: product/room/said.py\nmsgid "Publish"' in text
    assert "#. to a reader\n#: product/room/templates/room/page.html" in text


def translated(folder: Path, root: Path, language: str = "de", **words: str) -> Catalog:
    catalog = update(language, extract(root), folder)
    path = folder / language / "LC_MESSAGES/django.po"
    text = path.read_text()
    for english, words_here in words.items():
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{words_here}"')
    path.write_text(text)
    return catalog


def test_an_update_keeps_what_is_translated_and_drops_what_nobody_says(root: Path, tmp_path: Path) -> None:
    translated(tmp_path, root, Close="Schließen", Welcome="Willkommen")
    page = root / "room/templates/room/page.html"
    page.write_text(TEMPLATE.replace("Welcome", "Welcome back"))
    catalog = update("de", extract(root), tmp_path)
    assert catalog["Close"].string == "Schließen"
    assert "Welcome" not in catalog
    assert catalog["Welcome back"].string == ""
    assert not any(message.fuzzy for message in catalog)


def test_what_is_compiled_is_read_by_gettext(root: Path, tmp_path: Path) -> None:
    translated(tmp_path, root, Close="Schließen")
    (made,) = compile_all(tmp_path)
    with made.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Close") == "Schließen"
    assert compile_all(tmp_path) == []


ENTRY = '#: product/room/templates/room/page.html\n#, python-format\nmsgid "{0}"\nmsgstr "{1}"\n'


@pytest.mark.parametrize(
    ("english", "here", "fault"),
    [
        ("Pay %(sum)s", "Zahlen Sie %(summe)s", "other placeholders in 'Zahlen Sie %(summe)s'"),
        ("Pay %(sum)s", "Zahlen Sie", "other placeholders in 'Zahlen Sie'"),
        ("Dear {name}", "Guten Tag, {Name}", "other placeholders in 'Guten Tag, {Name}'"),
        ("<b>Now</b>", "Jetzt", "other tags in 'Jetzt'"),
        ("Now ", "Jetzt", "spaces before or after 'Jetzt'"),
        ("Now", "", "not translated"),
    ],
)
def test_a_fault_is_named(root: Path, tmp_path: Path, english: str, here: str, fault: str) -> None:
    (root / "room/said.py").write_text(f"_({english!r})")
    (root / "room/templates/room/page.html").unlink()
    update("de", extract(root), tmp_path)
    path = tmp_path / "de/LC_MESSAGES/django.po"
    path.write_text(
        path.read_text().replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{here}"')
    )
    assert list(faults("de", extract(root), tmp_path)) == [f"de: {english!r}: {fault}"]


def test_forms_for_one_may_leave_their_number_out(root: Path, tmp_path: Path) -> None:
    (root / "room/said.py").write_text('ngettext("%(count)d day of %(all)s", "%(count)d days of %(all)s", 1)')
    (root / "room/templates/room/page.html").unlink()
    path = tmp_path / "de/LC_MESSAGES/django.po"

    def faults_with(one: str, many: str) -> list[str]:
        path.unlink(missing_ok=True)
        update("de", extract(root), tmp_path)
        written = path.read_text().replace('[0] ""', f'[0] "{one}"').replace('[1] ""', f'[1] "{many}"')
        path.write_text(written)
        return list(faults("de", extract(root), tmp_path))

    assert faults_with("ein Tag von %(all)s", "%(count)d Tage von %(all)s") == []
    assert len(faults_with("ein Tag", "%(count)d Tage von %(all)s")) == 1
    assert len(faults_with("", "%(count)d Tage von %(all)s")) == 1


def test_a_catalogue_that_is_behind_the_code_is_found(root: Path, tmp_path: Path) -> None:
    (root / "room/said.py").write_text('_("Save")')
    (root / "room/templates/room/page.html").unlink()
    translated(tmp_path, root, Save="Speichern")
    assert list(faults("de", extract(root), tmp_path)) == []
    (root / "room/said.py").write_text('_("Save")\n_("Send")')
    assert "bin/catalogues update" in next(faults("de", extract(root), tmp_path))
    assert read("de", tmp_path)["Save"].string == "Speichern"
