from broadsheet.editorial.models.article import Article, ArticleQuerySet, Byline, Kind, State, signed
from broadsheet.editorial.models.author import Author, Topic
from broadsheet.editorial.models.correction import Correction
from broadsheet.editorial.models.coverage import (
    ChangedMeanwhileError,
    Coverage,
    NotPostedError,
    coverage_changed,
)
from broadsheet.editorial.models.entry import Entry, EntryChange
from broadsheet.editorial.models.fronts import (
    Edition,
    EditionPlacement,
    Section,
    SectionPlacement,
    Tone,
    attach_editions,
    attach_sections,
    forms_in,
)
from broadsheet.editorial.models.letters import LetterState, LetterToEditor, Naming, NotNow, Proof
from broadsheet.editorial.models.narration.narration import Narration, Voice
from broadsheet.editorial.models.narration.segment import NarrationSegment
from broadsheet.editorial.models.picture import Picture, PictureRendition
from broadsheet.editorial.models.preview_link import PreviewLink
from broadsheet.editorial.models.publication import Publication
from broadsheet.editorial.models.readiness import NotReadyError
from broadsheet.editorial.models.sharing import NotShareableError
from broadsheet.editorial.models.standing_page import StandingPage

__all__ = [
    "Article",
    "ArticleQuerySet",
    "Author",
    "Byline",
    "ChangedMeanwhileError",
    "Correction",
    "Coverage",
    "Edition",
    "EditionPlacement",
    "Entry",
    "EntryChange",
    "Kind",
    "LetterState",
    "LetterToEditor",
    "Naming",
    "Narration",
    "NarrationSegment",
    "NotNow",
    "NotPostedError",
    "NotReadyError",
    "NotShareableError",
    "Picture",
    "PictureRendition",
    "PreviewLink",
    "Proof",
    "Publication",
    "Section",
    "SectionPlacement",
    "StandingPage",
    "State",
    "Tone",
    "Topic",
    "Voice",
    "attach_editions",
    "attach_sections",
    "coverage_changed",
    "forms_in",
    "signed",
]
