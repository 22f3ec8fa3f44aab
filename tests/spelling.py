"""Words that are spelled otherwise in American and in British English, as far as a magazine uses them."""

import re

_OUR = "color|favor|honor|labor|neighbor|harbor|humor|rumor|savor|vapor|behavior|endeavor|flavor|odor|armor"
_RE = "center|meter|liter|theater|fiber|somber|specter|meager"
_IZE = (
    "organ|recogn|real|emphas|special|apolog|critic|general|modern|minim|maxim|normal|prior|summar|util|standard"
    "|stabil|mobil|national|privat|author|character|categor|central|digit|final|formal|legal|local|material"
    "|neutral|penal|personal|scrutin|subsid|visual|anal|paral"
)
_SINGLE = "travel|cancel|label|model|signal|fuel|level|quarrel|marvel|counsel|dial|total"
_US_ONLY = (
    r"defense|offense|licenses?|pretense|practiced|practicing|cataloge?d?|analog|dialog|curbs?|gray|plows?|molds?"
    r"|skeptic\w*|aluminum|jewelry|toward|afterward|artifacts?|cozy|fulfill|enroll|installments?|percent"
    r"|railroads?|trucks?"
)
_UK_ONLY = (
    r"defence|offence|licences?|pretence|practis(?:ed|ing)|programmes?|catalogued?s?|analogue|dialogue|kerbs?|grey"
    r"|ploughs?|moulds?|sceptic\w*|aluminium|jewellery|towards|afterwards|artefacts?|cosy|fulfil|enrol"
    r"|instalments?|per cent|whilst|amongst|learnt|burnt|dreamt|spelt|judgement|cheques?|tyres?|lorry|lorries"
)


def _british(words: str, american: str, british: str) -> str:
    return re.sub(rf"{american}(?=\||$)", british, words)


AMERICAN = re.compile(
    rf"\b(?:(?:{_OUR})(?:s|ed|ing|ite|ites|able|hood)?|(?:{_RE})s?|(?:{_IZE})(?:iz|yz)(?:e|es|ed|ing|ation|ations)"
    rf"|(?:{_SINGLE})(?:ed|ing|er|ers)|{_US_ONLY})\b"
)
BRITISH = re.compile(
    rf"\b(?:(?:{_british(_OUR, 'or', 'our')})(?:s|ed|ing|ite|ites|able|hood)?"
    rf"|(?:{_british(_RE, 'er', 're')})s?|(?:{_IZE})(?:is|ys)(?:e|es|ed|ing|ation|ations)"
    rf"|(?:{_SINGLE})l(?:ed|ing|er|ers)|{_UK_ONLY})\b"
)
EITHER = {"meter", "meters", "percent", "practice"}
"""A magazine’s meter is one in Britain, too."""
