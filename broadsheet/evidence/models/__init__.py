from broadsheet.evidence.models.rows import (
    Amendment,
    Citation,
    Fact,
    Fingerprint,
    Position,
    Quotation,
    Recording,
    TermNote,
    TimelineEntry,
)
from broadsheet.evidence.models.source import Source
from broadsheet.evidence.models.speaker import Speaker, SpeakerRole
from broadsheet.evidence.models.term import ContestedTerm, TermUse

__all__ = [
    "Amendment",
    "Citation",
    "ContestedTerm",
    "Fact",
    "Fingerprint",
    "Position",
    "Quotation",
    "Recording",
    "Source",
    "Speaker",
    "SpeakerRole",
    "TermNote",
    "TermUse",
    "TimelineEntry",
]
