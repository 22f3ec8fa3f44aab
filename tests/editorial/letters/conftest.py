from typing import Any

import pytest

from broadsheet.editorial.models import Article, Edition, LetterToEditor
from broadsheet.people.models import Person
from tests.editorial.letters.made import arrive, take_letters
from tests.magazine import Magazine


@pytest.fixture
def letters_page(magazine: Magazine) -> Edition:
    """The American edition takes letters."""
    return take_letters(magazine)


@pytest.fixture
def harbour(letters_page: Any, magazine: Magazine) -> Article:
    return magazine.article("harbour")


@pytest.fixture
def letter(harbour: Article, ada: Person) -> LetterToEditor:
    """Ada’s, which has just come."""
    return arrive(harbour, person=ada)
