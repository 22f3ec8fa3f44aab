"""What the wall says, to whom, and in whose words."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.paywall.meter_rules import MeterRules
from broadsheet.paywall.models import Variant, WallWording
from broadsheet.paywall.period import Span, period_at
from broadsheet.paywall.verdict import Allowance, Reason, Verdict
from broadsheet.paywall.wall.wall import wall_before
from broadsheet.paywall.wall.wording import (
    PLACEHOLDERS,
    Facts,
    Situation,
    Words,
    default_words,
    filled_in,
    words_for,
)
from tests.magazine import Magazine

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SPENT = Situation.STRANGER_SPENT


def meter_rules(readers: int = 5, strangers: int = 1, span: Span = Span.MONTH, days: int = 30) -> MeterRules:
    return MeterRules(
        period_at(NOW, span, ZoneInfo("America/New_York"), days), Allowance(strangers, readers), 60
    )


def words(situation: Situation, allowance: int = 1, offer: str = "", **kwargs: object) -> Words:
    of = meter_rules(**kwargs)
    verdict = Verdict(Reason.REGISTER, 0, allowance)
    facts = Facts.of(verdict, of, of.period.ends_at, "The Meridian", offer)
    return default_words(situation, facts, of.period)


def verdict(reason: Reason = Reason.REGISTER, left: int = 0, allowance: int = 1) -> Verdict:
    return Verdict(reason, left, allowance)


@pytest.mark.parametrize(
    ("got", "is_reader", "access", "situation"),
    [
        (verdict(), False, "metered", Situation.STRANGER_SPENT),
        (verdict(allowance=0), False, "metered", Situation.STRANGER_FIRST),
        (verdict(left=1), False, "metered", Situation.NETWORK),
        (verdict(Reason.SUBSCRIBE, allowance=5), True, "metered", Situation.READER_SPENT),
        (verdict(Reason.SUBSCRIBE, allowance=0), True, "metered", Situation.READER_SPENT),
        (verdict(Reason.SUBSCRIBE, left=1), False, "subscribers", Situation.SUBSCRIBERS_STRANGER),
        (verdict(Reason.SUBSCRIBE, left=3), True, "subscribers", Situation.SUBSCRIBERS_READER),
    ],
)
def test_each_wall_is_met_in_one_situation(
    got: Verdict, is_reader: bool, access: str, situation: str
) -> None:
    assert Situation.of(got, is_reader=is_reader, access=access) == situation


@pytest.mark.parametrize(
    ("situation", "allowance", "span", "title"),
    [
        (SPENT, 1, Span.MONTH, "You have read your free article in November."),
        (SPENT, 3, Span.MONTH, "You have read your 3 free articles in November."),
        (SPENT, 3, Span.WEEK, "You have read your 3 free articles this week."),
        (SPENT, 3, Span.ROLLING, "You have read your 3 free articles in the last 30 days."),
        (SPENT, 3, Span.LIFETIME, "You have read your 3 free articles."),
        (Situation.STRANGER_FIRST, 0, Span.MONTH, "To read on, register free."),
        (Situation.NETWORK, 1, Span.MONTH, "Your network has opened many articles in the last hour."),
        (Situation.READER_SPENT, 1, Span.MONTH, "You have read your article in November."),
        (Situation.READER_SPENT, 5, Span.WEEK, "You have read your 5 articles this week."),
        (Situation.READER_SPENT, 5, Span.LIFETIME, "You have read your 5 articles."),
        (Situation.READER_SPENT, 0, Span.MONTH, "A free account opens no articles like this one."),
        (Situation.SUBSCRIBERS_STRANGER, 1, Span.MONTH, "This article is for subscribers."),
        (Situation.SUBSCRIBERS_READER, 5, Span.MONTH, "This article is for subscribers."),
    ],
)
def test_our_own_words_say_why_in_one_sentence(situation: Situation, allowance: int, span, title) -> None:
    assert words(situation, allowance, span=span).title == title


@pytest.mark.parametrize(
    ("readers", "span", "said"),
    [
        (5, Span.MONTH, "read 5 articles a month, free"),
        (1, Span.WEEK, "read 1 article a week, free"),
        (5, Span.ROLLING, "read 5 articles every 30 days, free"),
        (5, Span.LIFETIME, "read 5 articles in all, free"),
        (0, Span.MONTH, "Register with your e-mail address, so that we know you."),
    ],
)
def test_a_stranger_learns_what_registering_gives(readers: int, span: Span, said: str) -> None:
    assert said in words(SPENT, readers=readers, span=span).text


def test_registering_is_not_said_to_open_what_it_does_not() -> None:
    said = words(Situation.STRANGER_FIRST, 0, strangers=0, readers=0)
    assert said.title == "This article is for subscribers."


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (Span.MONTH, "Your count starts again on December 1."),
        (Span.WEEK, "Your count starts again on November 30."),
        (Span.ROLLING, "You can open the next one on December 24."),
        (Span.LIFETIME, "Articles you have opened stay open."),
    ],
)
def test_a_reader_learns_when_an_article_is_to_be_had_again(span: Span, said: str) -> None:
    text = words(Situation.READER_SPENT, 5, span=span).text.replace("\N{NO-BREAK SPACE}", " ")
    assert text.startswith(said)


@pytest.mark.parametrize(
    ("situation", "allowance", "readers"),
    [
        (Situation.SUBSCRIBERS_STRANGER, 1, 5),
        (Situation.SUBSCRIBERS_STRANGER, 1, 0),
        (Situation.SUBSCRIBERS_READER, 5, 5),
        (Situation.STRANGER_FIRST, 0, 0),
        (Situation.READER_SPENT, 0, 0),
    ],
)
def test_a_subscription_is_spoken_of_only_where_one_is_sold(
    situation: Situation, allowance: int, readers: int
) -> None:
    assert "ubscription" not in words(situation, allowance, readers=readers).text
    sold = words(situation, allowance, "$1 for 6 weeks", readers=readers)
    assert sold.text.startswith("A subscription opens it")


@pytest.mark.parametrize("situation", Situation)
@pytest.mark.parametrize("span", Span)
@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("offer", ["", "$1 for 6 weeks"])
def test_our_own_words_leave_nothing_unsaid(
    situation: Situation, span: Span, number: int, offer: str
) -> None:
    said = words(situation, number, offer, span=span, readers=number, strangers=number)
    for part in (said.title, said.text):
        assert part.endswith(".")
        assert "  " not in part
        assert not set("{}%") & set(part)
    assert bool(said.button) == situation.asks_to_register


# --- Placeholders ------------------------------------------------------------------------------------

FACTS = Facts(allowance=1, readers=5, period="in November", each="a month", renews="", publication="<b>M</b>")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("{readers} {each} from {publication}", "5 a month from <b>M</b>"),
        ("Read {allowance} {period}.", "Read 1 in November."),
        ("It begins again on {renews}. Stay with us! See {publication}?", "Stay with us! See <b>M</b>?"),
        ("On {renews}", ""),
        ("No braces at all", "No braces at all"),
        ("From {offer}. Else free.", "Else free."),
    ],
)
def test_placeholders_are_filled_in(written: str, shown: str) -> None:
    assert filled_in(written, FACTS) == shown


@given(st.text(alphabet="ab .{}", max_size=20))
def test_what_is_accepted_can_be_shown(written: str) -> None:
    wording = WallWording(situation=SPENT, title=written)
    try:
        wording.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError:
        return
    assert not set("{}") & set(filled_in(wording.title, FACTS))


@pytest.mark.parametrize(
    "written",
    ["{reader}", "{0}", "{}", "{allowance", "allowance}", "{{allowance}}", "{allowance!r}", "{a.b}"],
)
@pytest.mark.parametrize("part", ["title", "text", "button"])
def test_a_placeholder_that_is_none_is_refused_with_those_there_are(part: str, written: str) -> None:
    wording = WallWording(situation=SPENT, **{part: written})
    with pytest.raises(ValidationError) as refused:
        wording.full_clean(validate_unique=False, validate_constraints=False)
    (sentence,) = refused.value.message_dict[part]
    for name in PLACEHOLDERS:
        assert f"{{{name}}}" in sentence


# --- Whose words -------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _rows(db: None) -> None:
    """A wall looks what is sold."""


def shown(tag: str = "en-us", variant: Variant | None = None, got: Verdict | None = None) -> Words:
    return wall_before(
        got or verdict(),
        is_reader=False,
        access="metered",
        meter_rules=meter_rules(),
        renews_at=None,
        publication="The Meridian",
        tag=tag,
        variant=variant,
    ).words


def test_an_editions_words_come_before_those_for_all(magazine: Magazine) -> None:
    WallWording.objects.create(situation=SPENT, title="For all")
    WallWording.objects.create(situation=SPENT, title="For the UK", edition=magazine.uk)
    assert shown("en-us").title == "For all"
    assert shown("en-gb").title == "For the UK"


def test_words_for_one_situation_are_not_said_in_another(magazine: Magazine) -> None:
    WallWording.objects.create(situation=Situation.NETWORK, title="Busy here.")
    assert shown().title == "You have read your free article in November."
    assert shown(got=verdict(left=1)).title == "Busy here."


def test_what_is_left_empty_is_said_as_the_next_in_line_says_it(magazine: Magazine) -> None:
    WallWording.objects.create(situation=SPENT, title="For all", text="Read {readers} {each}.")
    WallWording.objects.create(situation=SPENT, button="Join", edition=magazine.uk)
    assert shown("en-gb") == Words("For all", "Read 5 a month.", "Join")
    assert shown("en-us") == Words("For all", "Read 5 a month.", "Register free")


def test_a_sentence_that_says_nothing_leaves_room_for_the_next(magazine: Magazine) -> None:
    WallWording.objects.create(situation=SPENT, title="Come back on {renews}.")
    assert shown().title == "You have read your free article in November."


def test_a_variants_words_come_first(magazine: Magazine) -> None:
    WallWording.objects.create(situation=SPENT, title="For all", button="Join")
    variant = Variant(register_title="Tried: {readers}.", subscribe_title="Pay.")
    assert shown(variant=variant) == Words("Tried: 5.", shown().text, "Join")
    assert shown(variant=variant, got=verdict(Reason.SUBSCRIBE)).title == "Pay."


def test_nothing_is_asked_twice_of_the_same_words() -> None:
    of = meter_rules()
    facts = Facts.of(verdict(), of, None, "M")
    said = words_for(SPENT, facts, of.period, [Words("A"), Words("B", "Then B."), Words("C", "C", "C")])
    assert said == Words("A", "Then B.", "C")


@pytest.mark.parametrize("edition", [None, "uk"])
def test_each_situation_has_its_words_once_an_edition(magazine: Magazine, edition: str | None) -> None:
    where = magazine.edition(edition) if edition else None
    WallWording.objects.create(situation=SPENT, title="One", edition=where)
    again = WallWording(situation=SPENT, title="Two", edition=where)
    with pytest.raises(ValidationError, match="already"):
        again.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_words_that_say_nothing_are_refused(magazine: Magazine) -> None:
    with pytest.raises(ValidationError, match="at least one"):
        WallWording(situation=SPENT).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        WallWording.objects.create(situation=SPENT)
