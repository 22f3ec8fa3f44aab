"""The catalogues say all that code and templates say, with everything in it that must stay as it is."""

from functools import cache

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.utils import translation

from harness.catalogues import languages
from harness.catalogues.checking import faults
from harness.catalogues.extracting import extract


@cache
def said() -> Catalog:
    """Once a worker, and not where a worker only collects the tests."""
    return extract()


def test_every_language_of_the_interface_has_a_catalogue() -> None:
    assert languages() == sorted(settings.INTERFACE_LANGUAGES.keys() - {"en"})


@pytest.mark.parametrize("language", languages())
def test_a_catalogue_is_whole_and_is_what_the_code_says(language: str) -> None:
    assert list(faults(language, said())) == []


@pytest.mark.parametrize("tag", ["de", "de-at", "fr", "es"])
def test_what_is_translated_is_said(tag: str) -> None:
    with translation.override(tag):
        assert translation.gettext("Sign in or register") != "Sign in or register"
