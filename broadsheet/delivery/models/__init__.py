from broadsheet.delivery.models.batch import Batch, BatchQuerySet
from broadsheet.delivery.models.bounce import Bounce
from broadsheet.delivery.models.cohort import Addressee, Cohort
from broadsheet.delivery.models.recipient import Outcome, Recipient, RecipientQuerySet
from broadsheet.delivery.models.send import Instruction, Lane, Send, SendQuerySet
from broadsheet.delivery.models.suppression import Suppression, SuppressionQuerySet
from broadsheet.delivery.models.suppression_hold import SuppressionHold

__all__ = [
    "Addressee",
    "Batch",
    "BatchQuerySet",
    "Bounce",
    "Cohort",
    "Instruction",
    "Lane",
    "Outcome",
    "Recipient",
    "RecipientQuerySet",
    "Send",
    "SendQuerySet",
    "Suppression",
    "SuppressionHold",
    "SuppressionQuerySet",
]
