"""What readers ask: waiting, answered, closed, one that did not arrive, one whose subscription moves."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from broadsheet.contact.models import Conversation, Kind, Message, Move, SavedReply, State
from broadsheet.contact.notice_kinds import MoveNotice
from broadsheet.demo import content
from broadsheet.editorial.models import Article
from broadsheet.membership.models import Subscription
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock

ANSWERS = "subscriptions@meridian.example"


def make_questions(now: datetime) -> None:
    written = content.load("questions")
    for reply in written["saved"]:
        SavedReply.objects.create(name=reply["name"], text=reply["text"].strip())
    staff = Person.objects.get(email=ANSWERS)
    for about in written["conversations"]:
        _make(about, now, staff)
    # They were sent at the time.
    Notice.objects.filter(kind__in=MoveNotice.values).update(sent_at=F("due_at"))


def _make(about: dict[str, Any], now: datetime, staff: Person) -> None:
    began = now - timedelta(hours=about["messages"][0]["hours"])
    article = Article.objects.filter(slug=about["article"]).first() if "article" in about else None
    conversation = Conversation(
        subject=about["subject"],
        topic=about["topic"],
        email=about["email"],
        name=about["name"],
        edition=about["edition"],
        clues=about.get("clues", {}),
        article=article.uuid if article else None,
        person=Person.objects.filter(email=about["email"]).first(),
        waiting_since=began,
        began_at=began,
    )
    conversation.save()
    for message in about["messages"]:
        with clock.moved_to(now - timedelta(hours=message["hours"])):
            _write(conversation, message, staff)
    _end(conversation, about, now, staff)


def _write(conversation: Conversation, message: dict[str, Any], staff: Person) -> None:
    text = message["text"].strip()
    match message.get("from"):
        case None:
            conversation.receive(text, email=conversation.email, name=conversation.name)
        case "note":
            conversation.note(text, staff)
        case _:
            _answer(conversation, text, staff)
            if fault := message.get("fault"):
                conversation.say_lost(conversation.messages.get(kind=Kind.SENT), fault)


def _answer(conversation: Conversation, text: str, staff: Person) -> None:
    """As `answer` does it, but for the letter, which would leave today."""
    conversation.refresh_from_db()
    since = conversation.waiting_since
    message = Message.objects.create(
        conversation=conversation,
        kind=Kind.SENT,
        by=staff,
        text=text,
        waited=clock.now() - since if since else None,
    )
    conversation.state, conversation.waiting_since, conversation.assignee = State.ANSWERED, None, staff
    conversation.last_at = message.at
    conversation.save()


def _end(conversation: Conversation, about: dict[str, Any], now: datetime, staff: Person) -> None:
    last = now - timedelta(hours=about["messages"][-1]["hours"] - 0.5)
    with clock.moved_to(last):
        if about.get("is_closed"):
            conversation.close()
        if about.get("is_spam"):
            conversation.mark_as_spam()
        if "move_from" in about:
            person = Person.objects.get(email=about["move_from"])
            Move.objects.ask(
                person,
                about["email"],
                staff,
                "She wrote from both addresses",
                subscription=Subscription.objects.of(person),
                conversation=conversation,
            )
