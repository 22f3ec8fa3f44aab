"""What the demo's readers follow; one of them gets it by mail, too."""

from broadsheet.demo.people import READER, SUBSCRIBER
from broadsheet.editorial.models import Author, Topic
from broadsheet.library.models import Follow
from broadsheet.newsletters.models import FollowedLetter, Mailbox, Pace
from broadsheet.people.models import Person

FOLLOWED = {
    READER[0]: (("climate", "syria"), ("lucia-ferran",)),
    SUBSCRIBER[0]: (("space",), ("tobias-achterberg", "eleanor-vance")),
}


def make_follows(edition: str) -> None:
    """`edition` is the language tag of the one whose letter the reader gets."""
    for email, (topics, authors) in FOLLOWED.items():
        person = Person.objects.get(email=email)
        for topic in Topic.objects.filter(slug__in=topics):
            Follow.objects.add(person, topic)
        for author in Author.objects.filter(slug__in=authors):
            Follow.objects.add(person, author)
    reader = Person.objects.get(email=READER[0])
    mailbox = Mailbox.objects.of(reader) or Mailbox.objects.create(address=reader.email, edition=edition)
    mailbox.belong_to(reader)
    FollowedLetter.objects.choose(mailbox, Pace.WEEKLY, edition)
