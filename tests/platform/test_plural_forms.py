import json

from django.utils import translation
from django.utils.translation import ngettext

from broadsheet.platform.plural_forms import plural_forms


def test_a_script_gets_the_message_for_each_category_of_its_language() -> None:
    with translation.override("en-gb"):
        forms = plural_forms(lambda n: ngettext("{count} fact", "{count} facts", n))
    assert json.loads(forms) == {"one": "{count} fact", "other": "{count} facts"}


def test_a_language_has_as_many_forms_as_it_tells_apart() -> None:
    with translation.override("pl"):
        numbers = json.loads(plural_forms(str))
    assert numbers == {"one": "1", "few": "2", "many": "0"}
    with translation.override("ja"):
        assert json.loads(plural_forms(str)).keys() == {"other"}
