"""What search knows of languages: stemmers, what is cut off before an apostrophe, words that say little."""

ALGORITHMS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "st": "sesotho",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
"""Language → Snowball's name of its algorithm."""

ELISIONS = {
    "ca": frozenset({"d", "l", "m", "n", "s", "t"}),
    "fr": frozenset(
        {"c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu"}
    ),
    "it": frozenset(
        {"c", "d", "l", "m", "n", "s", "t", "un", "all", "dall", "dell", "nell", "sull", "quell", "quest"}
    ),
}
"""What stands before an apostrophe and is no part of the word: l’économie is found as économie."""

_SLIGHT = {
    "en": (
        "a about after all also am an and any are as at be because been before being between but by came can"
        " come could did do does doing down during each for from had has have having he her here hers him his"
        " how i if in into is it its just like may me might more most my no nor not of off on once only"
        " or other our ours out over own same she should so some such than that the their theirs them"
        " then there these they this those through to too under until up very was we were what when where"
        " which while who whom whose why will with would you your yours article articles story stories"
    ),
    "de": (
        "aber alle als also am an auch auf aus bei bin bis bist da damit dann das dass dein dem den denn der"
        " des die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines"
        " er es etwas euer für gegen hat hatte hatten haben hier ich ihm ihn ihnen ihr ihre im in ins ist"
        " ja kann kein keine können man mehr mein mich mir mit nach nicht noch nur ob oder ohne sehr sein"
        " seine sich sie sind so über um und uns unser unter vom von vor war waren warum was weil welche"
        " wenn wer werden wie wieder wir wird wo wurde wurden zu zum zur artikel"
    ),
    "fr": (
        "à au aux avec avoir c ce ces cet cette comme comment d dans de depuis des du elle elles en est et"
        " été être eux il ils j je l la le les leur leurs lui ma mais me même mes moi mon n ne nos notre"
        " nous on ont ou où par pas plus pour pourquoi qu quand que quel quelle quelles quels qui s sa sans"
        " se ses si son sont sous sur t ta te tes toi ton tous tout toute toutes tu un une vos votre vous y"
        " article articles"
    ),
    "es": (
        "a al algo ante antes como cómo con contra cual cuál cuando cuándo de del desde donde dónde dos e el"
        " él ella ellas ellos en entre era es esa ese eso esta está están este esto estos fue ha había han"
        " hasta hay la las le les lo los más me mi muy ni no nos o os otra otro para pero por porque qué que"
        " quien quién se según ser si sí sin sobre son su sus también tan te tiene todo todos tu un una uno"
        " unos y ya yo artículo artículos"
    ),
}

SLIGHT = {language: frozenset(words.split()) for language, words in _SLIGHT.items()}
"""Words that say little of what is looked for. Without them a question is answered that has any others."""
