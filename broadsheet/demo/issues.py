"""The issues of the demo’s newsletters: weeks of them in the archives, and one that waits for its editor."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from broadsheet.delivery.models import Addressee, Batch, Send
from broadsheet.demo import content
from broadsheet.editorial.models import Article
from broadsheet.newsletters.access import access_of
from broadsheet.newsletters.digest.assembly import Candidate, assemble
from broadsheet.newsletters.digest.candidates import candidates, rule_of
from broadsheet.newsletters.digest.schedule import days_of
from broadsheet.newsletters.issues.life import SOURCE
from broadsheet.newsletters.models import Issue, IssueCohort, Item, MailedArticle, Newsletter
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.days import day_of

WEEKS = 5
DAY = timedelta(days=1)
EDITOR = "audience@meridian.example"
WITH_LEDGER = 2
"""The last issues of each newsletter, of which the post room still knows who got them."""


def make_issues(now: datetime) -> None:
    for newsletter in Newsletter.objects.order_by("pk"):
        Issues(newsletter, now).make()


class Issues:
    """Those of one newsletter."""

    def __init__(self, newsletter: Newsletter, now: datetime) -> None:
        self.newsletter, self.now = newsletter, now
        self.today = day_of(now, newsletter.zone)
        self.editor = Person.objects.filter(email=EDITOR).first()
        self.number = 0

    def make(self) -> None:
        if not self.newsletter.is_digest:
            self._make_letters()
            self._make_series()
            return
        self._make_archive()
        self._make_next()
        sent = self.newsletter.issues.filter(state=Issue.State.DONE).order_by("-send_on")
        for issue in sent[:WITH_LEDGER]:
            self._deliver(issue)

    def _make_archive(self) -> None:
        """Each has what was published since the one before it, and an empty one was skipped."""
        newsletter = self.newsletter
        first = self.today - WEEKS * 7 * DAY
        found = candidates(newsletter, self.now - 2 * WEEKS * 7 * DAY)
        mailed: set[UUID] = set()
        for day in days_of(newsletter.frequency, newsletter.weekday, newsletter.month_day, first):
            # Today's has left where its time has come; what is newest is kept for the next one.
            if day >= self.today:
                break
            morning = datetime.combine(day, newsletter.send_at, newsletter.zone)
            here = [one for one in found if one.published_at < morning]
            chosen = assemble(here, rule_of(newsletter), mailed)
            if chosen:
                by_pk = {one.article: one for one in here}
                mailed |= {by_pk[one.article].uuid for one in chosen}
                self._make_sent(day, [by_pk[one.article] for one in chosen])

    def _make_sent(self, day: date, chosen: list[Candidate]) -> None:
        articles = Article.objects.in_bulk([one.article for one in chosen])
        found = [articles[one.article] for one in chosen]
        issue = self._new(day, Issue.State.DONE, subject=found[0].title[:160])
        self._fill(issue, found)

    def _new(self, day: date | None, state: Issue.State, **fields: object) -> Issue:
        if state != Issue.State.DRAFT and day:
            self.number += 1
            fields["number"] = self.number
        defaults = {"kind": Issue.Kind.DIGEST, "edited_by": self.editor, "edited_at": self._at(day, -2.5)}
        issue = Issue.objects.create(
            newsletter=self.newsletter,
            send_on=day,
            state=state,
            created_at=self._at(day, -8),
            **(defaults | fields),
        )
        if state == Issue.State.DONE:
            steps = ((Issue.State.APPROVED, -2.0), (Issue.State.SENDING, 0.0), (Issue.State.DONE, 0.4))
            for step, hours in steps:
                by = self.editor if step == Issue.State.APPROVED else None
                issue.transitions.create(state=step, by=by, at=self._at(day, hours))
        return issue

    def _at(self, day: date | None, hours: float = 0) -> datetime:
        if day is None:
            return self.now - 40 * DAY
        morning = datetime.combine(day, self.newsletter.send_at or time(7), self.newsletter.zone)
        return min(morning + timedelta(hours=hours), self.now)

    def _fill(self, issue: Issue, articles: list[Article]) -> None:
        Item.objects.bulk_create(
            Item(
                issue=issue,
                position=position,
                article=article,
                article_uuid=article.uuid,
                revision_id=article.live_revision_id,
                access=access_of(article),
                is_lead=self.newsletter.has_lead and position == 0,
            )
            for position, article in enumerate(articles)
        )
        MailedArticle.objects.bulk_create(
            MailedArticle(
                newsletter=self.newsletter, article_uuid=article.uuid, issue=issue, at=self._at(issue.send_on)
            )
            for article in articles
        )

    def _deliver(self, issue: Issue) -> None:
        """All who have the newsletter were sent it, whatever their mornings were."""
        at = self._at(issue.send_on)
        with clock.moved_to(at):
            send, _new = Send.objects.freeze(SOURCE, issue.send_key, subject=issue.subject)
            cohort = send.cohorts.create(message=b"")
            receiving = self.newsletter.sign_ups.receiving().filter(confirmed_at__lt=at).order_by("pk")
            rows = receiving.values_list("pk", "mailbox__address")
            readers = cohort.materialise(Addressee(address, str(pk)) for pk, address in rows)
            IssueCohort.objects.create(issue=issue, due_at=at, readers=readers, made_at=at)
            send.begin(by=str(self.editor or ""))
            send.recipients.filter(state="queued").update(
                state="submitted", words="250 2.0.0 Ok", tries=1, answered_at=clock.now()
            )
            send.batches.update(state=Batch.State.DONE)
            Send.objects.filter(pk=send.pk).finish()

    def _make_next(self) -> None:
        """With what is newest, though the last issue had it: a magazine of forty articles has no other."""
        newsletter = self.newsletter
        days = days_of(newsletter.frequency, newsletter.weekday, newsletter.month_day, self.today + DAY)
        day = next(days, None)
        if day is None:
            return
        issue = self._new(day, Issue.State.DRAFT)
        last = newsletter.issues.filter(state=Issue.State.DONE).order_by("-send_on").first()
        if last and not issue.assemble():
            self._divide(last, issue)
        if issue.is_empty:
            issue.delete()
            return
        issue.subject = issue.subject_by_rule
        issue.preheader = "And what else there is to know this morning"
        issue.save(update_fields=["subject", "preheader"])

    def _divide(self, last: Issue, issue: Issue) -> None:
        """Half of the articles of `last` came too late for it and go into `issue`; a single one does, too."""
        items = list(last.items.all())
        late = items[1::2] or items
        articles = [item.article for item in late if item.article]
        if late == items:
            last.delete()
        else:
            last.items.filter(pk__in=[item.pk for item in late]).delete()
            last.mailed_articles.filter(article_uuid__in=[article.uuid for article in articles]).delete()
        for article in articles:
            issue.add_article(article, by=self.editor)
        issue.lead_with(issue.shown_items[0], by=self.editor)

    def _make_letters(self) -> None:
        letters = content.load("issues")["letters"]
        for position, letter in enumerate(letters):
            day = self.today - (len(letters) - position) * 14 * DAY
            issue = self._new(
                day,
                Issue.State.DONE,
                kind=Issue.Kind.WRITTEN,
                subject=letter["subject"],
                body=[{"type": "text", "value": content.paragraphs("\n\n".join(letter["text"]))}],
            )
            if position == len(letters) - 1:
                self._deliver(issue)

    def _make_series(self) -> None:
        for letter in content.load("issues")["series"]:
            issue = self._new(
                None,
                Issue.State.DRAFT,
                kind=Issue.Kind.WELCOME,
                welcome_day=letter["day"],
                subject=letter["subject"],
                body=[{"type": "text", "value": content.paragraphs("\n\n".join(letter["text"]))}],
            )
            issue.approve(by=self.editor)
