"""Passwords in the addresses of servers: read as they were meant, or refused without being shown."""

from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.environment import Malformed, ServiceURL

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(TEXTS, TEXTS)
def test_what_is_percent_encoded_is_read_whatever_it_holds(user: str, password: str) -> None:
    url = ServiceURL.of(f"smtp://{quote(user, safe='')}:{quote(password, safe='')}@mail.example:25", ["smtp"])

    assert (url.user, url.password, url.host, url.port) == (user, password, "mail.example", 25)


@given(TEXTS)
def test_what_is_not_encoded_is_read_whole_or_refused(password: str) -> None:
    try:
        url = ServiceURL.of(f"smtp://user:{password}@mail.example:25", ["smtp"])
    except Malformed:
        return
    assert (url.user, url.password, url.host) == ("user", unquote(password), "mail.example")


@pytest.mark.parametrize("sign", "/?#%[] \n")
def test_no_refusal_shows_a_password(sign: str) -> None:
    with pytest.raises(Malformed) as refused:
        ServiceURL.of(f"smtp://user:left{sign}right@mail.example", ["smtp"])

    assert "left" not in str(refused.value)
    assert "right" not in str(refused.value)
