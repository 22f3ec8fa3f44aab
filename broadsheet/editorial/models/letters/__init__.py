from broadsheet.editorial.models.letters.letter import LetterToEditor
from broadsheet.editorial.models.letters.proof import Proof
from broadsheet.editorial.models.letters.refusal import NotNow
from broadsheet.editorial.models.letters.state import LetterState
from broadsheet.editorial.models.letters.written import LONGEST, SHORTEST, Naming

__all__ = ["LONGEST", "SHORTEST", "LetterState", "LetterToEditor", "Naming", "NotNow", "Proof"]
