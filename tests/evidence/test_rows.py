"""The rows of evidence equal what is published, whatever was done to it and in whatever order."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from wagtail.models import Page

from broadsheet.editorial.evidence import catch_up
from broadsheet.editorial.models import Article, NotShareableError, Publication
from broadsheet.evidence.models import Citation, Fact, Fingerprint, Quotation, Recording
from broadsheet.evidence.recording import KINDS, rows_of
from tests.evidence import made
from tests.magazine import Magazine, text_block


def as_data(value: Any) -> Any:
    return value.pk if hasattr(value, "pk") else value


def rows_there(page: Page) -> dict[str, Any]:
    """What the database holds of `page`, kind by kind and key by key."""
    found = {}
    for kind in KINDS:
        for row in kind._default_manager.filter(page_id=page.pk):
            names = [f.name for f in kind._meta.fields if f.name not in {"id", "page", "key", "added_at"}]
            values = {name: as_data(getattr(row, name)) for name in names}
            if isinstance(row, Fact):
                values["sources"] = {source.pk for source in row.sources.all()}
            found[f"{kind.__name__} {row.key}"] = values
    return found


def rows_due(article: Article) -> dict[str, Any]:
    """What its live body says."""
    if not article.live:
        return {}
    rows = rows_of(article.body, article.parts.opening)
    found = {}
    for kind in KINDS:
        for key, values in rows.of[kind].items():
            found[f"{kind.__name__} {key}"] = {name: as_data(value) for name, value in values.items()}
            if kind is Fact:
                sources = {source.pk for source in rows.sources_of_facts[key]}
                found[f"{kind.__name__} {key}"]["sources"] = sources
    return found


def assert_in_line() -> None:
    for article in Article.objects.all():
        assert rows_there(article) == rows_due(article), article.slug
        assert Recording.objects.filter(page=article).exists() == article.live


WORDS = ["It rained all day.", "The water rose.", "Nobody was hurt.", "The wall held."]
PARTS = ["quotation", "facts", "timeline", "perspectives", "contested", "further", "text", "wall"]


def body_of(parts: list[tuple[str, int]]) -> list[dict[str, Any]]:
    blocks = [text_block("tide", 1)]
    for number, (part, choice) in enumerate(parts):
        words, key = WORDS[choice], f"{part}-{number}"
        match part:
            case "quotation":
                blocks.append(made.quotation(words, ["Ada Marsh", "The port"][choice % 2], key=key))
            case "facts":
                blocks.append(made.facts(*WORDS[: choice + 1], key=key))
            case "timeline":
                blocks.append(
                    made.timeline((f"20{choice}1", words), ("2011-03", "The wall was built."), key=key)
                )
            case "perspectives":
                blocks.append(made.perspectives(("The port", words, words), ("The town", "No.", ""), key=key))
            case "contested":
                blocks.append(made.contested(key=key))
            case "further":
                blocks.append(made.further(["SANA", "WHO"][choice % 2], key=key))
            case "text":
                blocks.append(text_block("tide", number + 2))
            case "wall" if not any(block["type"] == "wall" for block in blocks):
                blocks.append({"type": "wall", "value": None})
    return blocks


bodies = st.lists(st.tuples(st.sampled_from(PARTS), st.integers(0, 3)), max_size=5)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), bodies),
        st.tuples(
            st.sampled_from(
                ["publish", "unpublish", "revert", "move", "copy", "share", "correct", "plainly", "merge"]
            ),
            st.just([]),
        ),
    ),
    min_size=2,
    max_size=6,
)


def take(step: str, parts: list[tuple[str, int]], magazine: Magazine, article: Article) -> None:
    match step:
        case "edit":
            draft = article.get_latest_revision_as_object()
            draft.body = Article.body.field.to_python(body_of(parts))
            draft.save_revision()
        case "publish":
            article.get_latest_revision().publish()
        case "unpublish" if article.live:
            article.unpublish()
        case "plainly" if article.live:
            Page.objects.get(pk=article.pk).unpublish()
        case "revert":
            first = article.revisions.order_by("created_at").first()
            first.as_object().save_revision(previous_revision=first).publish()
        case "move":
            article.move(magazine.section("science"), pos="last-child")
        case "copy":
            article.copy(to=magazine.section("ideas"), update_attrs={"slug": f"copy-{Page.objects.count()}"})
        case "share":
            with suppress(NotShareableError):
                article.share_with(magazine.uk)
        case "correct" if article.live:
            article.correct("It was a Tuesday.")
        case "merge":
            wrong, right = made.source("SANA"), made.source("WHO")
            if wrong != right:
                wrong.merge_into(right)


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a step takes long, and shrinking takes many
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(parts=bodies, sequence=steps)
def test_rows_equal_what_the_published_revision_says(
    magazine: Magazine, parts: list[tuple[str, int]], sequence: list[tuple[str, list[tuple[str, int]]]]
) -> None:
    with transaction.atomic():
        made.source("SANA"), made.source("WHO")
        article = magazine.publish("tide", body=body_of(parts))
        assert_in_line()
        for step, written in sequence:
            take(step, written, magazine, Article.objects.get(pk=article.pk))
            assert_in_line()
        transaction.set_rollback(True)


def test_a_row_that_stays_keeps_its_id_and_its_moment(magazine: Magazine) -> None:
    body = [text_block("tide", 1), made.quotation(WORDS[0], key="q"), made.facts(WORDS[1], key="f")]
    article = magazine.publish("tide", body=body)
    before = Quotation.objects.get(page=article)
    body[1] = made.quotation(WORDS[2], key="q")
    article.body = Article.body.field.to_python(body)
    article.save_revision().publish()
    after = Quotation.objects.get(page=article)
    assert (after.pk, after.added_at, after.uuid) == (before.pk, before.added_at, before.uuid)
    assert after.text == WORDS[2]


def test_ids_are_the_same_in_both_editions(magazine: Magazine) -> None:
    article = magazine.publish("tide", body=[made.quotation(WORDS[0])])
    alias = article.share_with(magazine.uk)
    here, there = (Quotation.objects.get(page=page) for page in (article, alias))
    assert here.uuid == there.uuid


def test_a_source_is_public_where_any_of_its_uses_is(magazine: Magazine) -> None:
    body = [made.quotation(WORDS[0]), text_block("t", 1), {"type": "wall", "value": None}, text_block("t", 2)]
    article = magazine.publish("tide", body=[*body, made.quotation(WORDS[1]), made.further("WHO")])
    public = dict(Citation.objects.filter(page=article).values_list("source__outlet", "in_opening"))
    assert public == {"The tide office": True, "WHO": False}


def test_a_draft_with_gaps_makes_no_rows_of_them(magazine: Magazine) -> None:
    article = magazine.publish("tide", body=[made.quotation(WORDS[0])])
    article.body = Article.body.field.to_python(
        [
            made.quotation(WORDS[0], source=None),
            made.quotation(WORDS[0], speaker=None),
            made.timeline(("20x", "a")),
        ]
    )
    article.save()
    assert [name for name in rows_there(article) if not name.startswith("Citation")] == []


def test_what_the_length_of_openings_decides_is_decided_again(magazine: Magazine) -> None:
    body = [text_block("tide", 1), made.quotation(WORDS[0]), *(text_block("tide", n) for n in range(2, 9))]
    article = magazine.publish("tide", body=body)
    assert Quotation.objects.get(page=article).in_opening
    publication = Publication.load()
    publication.opening_words = 20
    publication.save()
    while catch_up():
        pass
    assert Recording.objects.get(page=article).opening_words == 20
    assert not Quotation.objects.get(page=article).in_opening


def test_what_is_gone_leaves_nothing(magazine: Magazine) -> None:
    article = magazine.publish("tide", body=[made.quotation("It rained all day and all night.")])
    assert Fingerprint.objects.filter(page=article).exists()
    article.delete()
    assert not Quotation.objects.exists()
    assert not Fingerprint.objects.filter(page_id=article.pk).exists()
