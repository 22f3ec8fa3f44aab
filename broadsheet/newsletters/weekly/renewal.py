"""What the post room asks before each batch of an issue's letter: who still gets it, and what is in it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from broadsheet.delivery.models import Cohort, Recipient, Send
from broadsheet.delivery.sources import Held, Renewal
from broadsheet.editorial.models import outline
from broadsheet.membership.models.own_feed import reading_everything
from broadsheet.newsletters.chosen import renewal as chosen
from broadsheet.newsletters.followed.sending import note_items
from broadsheet.newsletters.models import LetterItem, WeeklyLetter
from broadsheet.newsletters.sending.staleness import refuse_stale
from broadsheet.newsletters.weekly.composing import articles_in, compose
from broadsheet.newsletters.weekly.sending import SOURCE
from broadsheet.notices.seen import Witness
from broadsheet.people.models import Person
from broadsheet.weekly.models import WeeklyIssue


def renew(send: Send, recipients: Sequence[Recipient]) -> Renewal:
    """Raises Held."""
    refuse_stale(send, send.begun_at)
    issue = WeeklyIssue.objects.published().select_related("cover").filter(pk=send.key).first()
    if issue is None:
        raise Held(_("The issue was withdrawn."))
    for cohort in Cohort.objects.filter(batches__recipients__in=recipients).distinct():
        _pull_withdrawn(cohort, issue)
    known = WeeklyLetter.objects.filter(pk__in=[one.key for one in recipients])
    letters = {str(letter.pk): letter for letter in known.select_related("mailbox__person")}
    lacks = lacking_right([one.mailbox.person for one in letters.values() if one.mailbox.person])

    def why_not(letter: WeeklyLetter | None, recipient: Recipient) -> str:
        unwanted = _("No longer wants the letter of the weekly issue.")
        return chosen.why_not(letter, recipient, unwanted=unwanted, lacks=lacks)

    return chosen.renewal_of(recipients, letters, why_not)


def lacking_right(people: Collection[Person]) -> Callable[[Person], str]:
    """What says of each of `people` that they have no right to issues now; empty where they have."""
    entitled = reading_everything(people)

    def lacks(person: Person) -> str:
        if person in entitled:
            return ""
        return _("No subscription at that moment, and it is for subscribers.")

    return lacks


def _pull_withdrawn(cohort: Cohort, issue: WeeklyIssue) -> None:
    """Has whoever was not served yet get it without what was withdrawn. Raises Held."""
    edition = outline.edition_of(issue.edition)
    if edition is None:
        raise Held(_("Its edition is not published any more."))
    count = LetterItem.objects.filter(cohort=cohort).count()
    articles = articles_in(issue, edition)
    if len(articles) < count:
        with transaction.atomic():
            replaced = cohort.replace(compose(issue, edition, articles).frozen())
            note_items(replaced, [article.uuid for article in articles])


def mailed_to(article: UUID) -> Iterator[Witness]:
    """Who was sent a letter that held the article, and from whom it didn't come back."""
    editions = {str(pk): tag for pk, tag in WeeklyIssue.objects.values_list("pk", "edition")}
    return chosen.mailed_to(SOURCE, article, lambda key: editions.get(key, ""))
