"""What the demo's magazine has sent to many: two letters that are done, and one that waits to be let go."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from random import Random
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from broadsheet.delivery import keys
from broadsheet.delivery.intake import Kind, Report
from broadsheet.delivery.message import Segments, return_path
from broadsheet.delivery.models import Addressee, Batch, Bounce, Outcome, Recipient, Send, Suppression
from broadsheet.demo import content
from broadsheet.platform import clock

SOURCE = "demo"
DOMAIN = "meridian.example"
READERS = 1_180
EDITH = "Edith Moreau"

State = Recipient.State
type Fates = dict[str, list[str]]
"""State → the words of the server, one for each reader whom it fell to. Everyone else has theirs."""

EDITION: Fates = {
    State.REFUSED: [
        "550 5.1.1 No such user here",
        "554 5.7.1 Service unavailable; client host blocked, see https://lists.example/192.0.2.1",
        "550 5.4.1 Recipient address rejected: Access denied",
    ],
    State.SKIPPED: ["Unsubscribed before its turn."],
    State.UNKNOWN: ["The connection, or the sending process, died before the server answered."],
}
TERMS: Fates = {
    State.REFUSED: ["550 5.1.1 Recipient address rejected: User unknown in virtual mailbox table"] * 4,
    State.UNKNOWN: ["The connection, or the sending process, died before the server answered."] * 2,
}


def make_sends(now: datetime, known: list[str]) -> None:
    """`known` are addresses of people whom the demo has, who got them too."""
    written = content.load("letters")
    chance = Random("letters to readers")  # noqa: S311 (no secret)
    everyone = [*known, *_readers(written, chance)]
    with clock.moved_to(now - timedelta(days=23)):
        terms = _send(everyone, **written["terms"])
    _deliver(terms, TERMS, chance, [Kind.HARD, Kind.HARD, Kind.SOFT, Kind.SOFT, Kind.COMPLAINT])
    suppressed = Suppression.objects.order_by("address").values_list("address", flat=True)
    subscribers = list(dict.fromkeys([*known[1:], *suppressed, *everyone[40:420]]))
    with clock.moved_to(now - timedelta(days=2, hours=5)):
        edition = _send(subscribers, **written["edition"])
    _deliver(edition, EDITION, chance, [Kind.HARD, Kind.SOFT, Kind.SOFT, Kind.COMPLAINT])
    with clock.moved_to(now - timedelta(hours=1)):
        _send(subscribers[:60], **written["weekend"]).hold(by=EDITH)
        Suppression.suppress(
            "press@letters.example", Suppression.Reason.STAFF, "A shared mailbox; they asked by telephone."
        )


def _readers(written: dict[str, Any], chance: Random) -> Iterator[str]:
    seen: set[str] = set()
    while len(seen) < READERS:
        first, last = chance.choice(written["first"]).lower(), chance.choice(written["last"]).lower()
        mailbox = chance.choice(
            (f"{first}.{last}", f"{first}{chance.randrange(60, 100)}", f"{last}.{first[0]}")
        )
        address = f"{mailbox}@{chance.choice(written['hosts'])}"
        if address not in seen:
            seen.add(address)
            yield address


def _send(addresses: list[str], subject: str, text: list[str]) -> Send:
    message = EmailMessage()
    message["From"], message["Subject"] = settings.DEFAULT_FROM_EMAIL, subject
    sender = message["From"].addresses[0].addr_spec
    send, _new = Send.objects.freeze(SOURCE, subject, subject=subject, sender=sender)
    context = {"subject": subject, "text": text, "address": settings.PUBLIC_URL}
    message.set_content("\n\n".join([*text, f"The Meridian\n{settings.PUBLIC_URL}/"]))
    message.add_alternative(render_to_string("demo/to_readers.html", context), subtype="html")
    cohort = send.cohorts.create(message=Segments.compile(message, [], clock.now()).frozen())
    cohort.materialise(Addressee(address, address) for address in addresses)
    send.begin(by=EDITH)
    return send


def _deliver(send: Send, fates: Fates, chance: Random, reports: list[Kind]) -> None:
    """Everyone is answered, as `fates` has it or well; then `reports` come in of others."""
    recipients = list(send.recipients.all())
    suppressed = Suppression.objects.among(recipient.address for recipient in recipients)
    outcomes = {
        recipient.pk: Outcome(
            State.SKIPPED, f"Suppressed: {suppressed[recipient.address].get_reason_display()}", is_try=False
        )
        for recipient in recipients
        if recipient.address in suppressed
    }
    recipients = [recipient for recipient in recipients if recipient.pk not in outcomes]
    chance.shuffle(recipients)
    for state, said in fates.items():
        for words in said:
            outcomes[recipients.pop().pk] = Outcome(state, words, is_try=state != State.SKIPPED)
    for recipient in recipients:
        words = f"250 2.0.0 Ok: queued as 4T{chance.randrange(16**8):08X}"
        outcomes[recipient.pk] = Outcome(State.SUBMITTED, words)
    with clock.moved_to(send.frozen_at + timedelta(minutes=4)):
        send.recipients.settle(outcomes)
        send.batches.update(state=Batch.State.DONE)
        Send.objects.finish()
    for number, kind in enumerate(reports):
        with clock.moved_to(send.frozen_at + timedelta(minutes=11 + 7 * number)):
            Bounce.objects.take_in(_report(recipients.pop(), kind, chance))


def _report(recipient: Recipient, kind: Kind, chance: Random) -> Report:
    words = {
        Kind.HARD: "550 5.1.1 The e-mail account that you tried to reach does not exist",
        Kind.SOFT: "552 5.2.2 The recipient’s mailbox is full",
        Kind.COMPLAINT: "Feedback-Type: abuse",
    }
    return Report(
        kind=kind,
        identity=f"{chance.randrange(16**64):064x}",
        return_paths=(return_path(keys.secret(), recipient.pk, DOMAIN),),
        address=recipient.address,
        words=words[kind],
        reported_by=f"mx.{recipient.address.partition('@')[2]}",
    )
