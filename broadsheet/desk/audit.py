"""Actions on money and subscriptions, in Wagtail's log: who, when, what, why."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogFormatter
from wagtail.models import ModelLogEntry


def name_in_log(row: Model) -> str:
    """“Subscription S-000012”. The log outlives accounts and addresses, so it names nobody."""
    return f"{capfirst(str(row._meta.verbose_name))} {getattr(row, 'number', row.pk)}"


ACTIONS = {
    "subscription.pause": (_("Pause"), _("Paused")),
    "subscription.resume": (_("Resume"), _("Resumed")),
    "subscription.cancel": (_("Cancel"), _("Set to end with its term")),
    "subscription.keep": (_("Undo a cancellation"), _("Cancellation undone")),
    "subscription.end": (_("End"), _("Ended")),
    "subscription.extend": (_("Extend"), _("Extended")),
    "subscription.change": (_("Change plan"), _("Change of plan recorded")),
    "group.begin": (_("Begin a group"), _("Begun")),
    "group.seats": (_("Change a group’s seats"), _("Seats changed")),
    "group.invite": (_("Invite to a group"), _("Invited somebody")),
    "group.domain": (_("Add a group’s domain"), _("Domain added")),
    "group.rooms": (_("Set a group’s reading rooms"), _("Reading rooms set")),
    "group.hand_on": (_("Hand a group on"), _("Handed on to another owner")),
    "group.take_back": (_("Take back a seat"), _("Seat taken back")),
    "print.link": (_("Link a subscriber to the paper"), _("Linked")),
    "print.unlink": (_("Unlink a subscriber to the paper"), _("Unlinked")),
    "print.settle": (_("Decide a doubtful match"), _("Decided")),
    "print.apply": (_("Apply a house’s file"), _("File applied")),
    "print.drop": (_("Drop a house’s file"), _("File not used")),
    "print.issue": (_("Issue a list for the printer"), _("List issued")),
    "invoice.pay": (_("Mark as paid"), _("Marked as paid")),
    "invoice.void": (_("Void"), _("Voided")),
    "payment.refund": (_("Refund"), _("Refunded")),
    "conversation.answer": (_("Answer"), _("Answered")),
    "conversation.assign": (_("Assign"), _("Assigned")),
    "conversation.close": (_("Close"), _("Closed")),
    "conversation.reopen": (_("Open again"), _("Opened again")),
    "conversation.spam": (_("Mark as spam"), _("Marked as spam")),
    "conversation.merge": (_("Merge a conversation"), _("Merged into")),
    "conversation.delete": (_("Delete a conversation"), _("Deleted")),
    "conversation.recognise": (_("Say whose account it is"), _("Account found")),
    "conversation.move": (_("Move to another mailbox"), _("Move asked for")),
    "conversation.stop_move": (_("Stop a move"), _("Move stopped")),
    "letter.assign": (_("Assign"), _("Assigned")),
    "letter.choose": (_("Choose a letter"), _("Chosen")),
    "letter.decline": (_("Decline a letter"), _("Declined")),
    "letter.drop_edits": (_("Drop our edits"), _("Edits dropped")),
    "letter.edit": (_("Edit a letter"), _("Edited")),
    "letter.publish": (_("Publish a letter"), _("Published")),
    "letter.reconsider": (_("Consider a letter again"), _("Considered again")),
    "letter.reply": (_("Reply to a letter"), _("Reply changed")),
    "letter.send": (_("Send a letter to its writer"), _("Sent to the writer")),
    "letter.take_down": (_("Take down a letter"), _("Taken down")),
    "person.move": (_("Move to another mailbox"), _("Move asked for")),
    "gift.send": (_("Send a gift again"), _("Sent again")),
    "withdrawal.settle": (_("Settle a withdrawal"), _("Settled")),
    "difference.settle": (_("Settle a difference with Stripe"), _("Settled")),
    "audio.upload": (_("Upload an audio version"), _("Audio version uploaded")),
    "audio.make": (_("Have an audio version made"), _("Audio version asked for")),
    "audio.take_off": (_("Take off an audio version"), _("Audio version taken off")),
    "evidence.merge": (_("Merge"), _("Merged into")),
    "experiment.end": (_("End an experiment"), _("Experiment ended")),
    "preview.make": (_("Make a preview link"), _("Preview link made")),
    "preview.revoke": (_("Withdraw a preview link"), _("Preview link withdrawn")),
    "live.post": (_("Post an entry"), _("Entry posted")),
    "live.change": (_("Correct an entry"), _("Entry corrected")),
    "live.withdraw": (_("Withdraw an entry"), _("Entry withdrawn")),
    "live.end": (_("End the coverage"), _("Coverage ended")),
    "live.take_up": (_("Take up the coverage again"), _("Coverage taken up again")),
    "identity.apply": (_("Apply an identity"), _("Applied")),
    "identity.follow": (_("Let an edition look as all others do"), _("Looks as all others do")),
    "weekly.make": (_("Make a weekly issue"), _("Made")),
    "weekly.arrange": (_("Arrange a weekly issue"), _("Contents changed")),
    "weekly.shorten": (_("Write a short form"), _("Short form written")),
    "weekly.words": (_("Change a weekly issue’s cover and note"), _("Cover and note changed")),
    "weekly.publish": (_("Publish a weekly issue"), _("Publishing")),
    "weekly.take_back": (_("Take back a weekly issue"), _("Taken back")),
    "weekly.withdraw": (_("Withdraw a weekly issue"), _("Withdrawn")),
    "weekly.show_again": (_("Show a weekly issue again"), _("Shown again")),
    "weekly.make_file": (_("Make an issue’s file again"), _("File made again")),
    "weekly.correct": (_("Correct a weekly issue"), _("Corrected")),
    "price.replace": (_("Replace a price"), _("Replaced")),
    "price.retire": (_("Retire a price"), _("Retired")),
}


class ReasonedLogFormatter(LogFormatter):
    """“Refunded: $5.00”, with the reason beneath."""

    def format_message(self, log_entry: ModelLogEntry) -> str:
        what = log_entry.data.get("what")
        return f"{self.message}: {what}" if what else str(self.message)

    def format_comment(self, log_entry: ModelLogEntry) -> str:
        return str(log_entry.data.get("why", ""))


@hooks.register("register_log_actions")
def register_actions(actions: Any) -> None:
    for action, (label, message) in ACTIONS.items():
        formatter = type("Formatter", (ReasonedLogFormatter,), {"label": label, "message": message})
        actions.register_action(action)(formatter)


def entries_about(rows: Iterable[Model]) -> QuerySet[ModelLogEntry]:
    """The log of all of `rows`, the newest first."""
    keys: dict[type[Model], list[str]] = defaultdict(list)
    for row in rows:
        keys[type(row)].append(str(row.pk))
    wanted = Q(pk=None)
    for model, found in keys.items():
        wanted |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=found)
    entries: QuerySet[ModelLogEntry] = ModelLogEntry.objects.filter(wanted)
    return entries.select_related("user").order_by("-timestamp", "-pk")
