"""Every word that a person reads is marked for translation, in every template and in all code."""

import ast

from tests.languages.said import ROOT, unmarked_in_code, unmarked_in_template

TEMPLATES = [
    path for path in sorted(ROOT.rglob("templates/**/*.*")) if path.suffix in {".html", ".txt", ".svg"}
]
NAMES = {"The Meridian", "… Broadsheet", "Broadsheet", "ada@reader.example"}
"""Data of the demo, and what has the same name in every language."""
ATTRIBUTES_ALONE = {
    "site/templates/site/evidence/since_words.html",
    "site/templates/site/reading/opened.html",
}
"""Pieces that stand within a tag."""

ENGLISH_FOR_ITS_READERS = (
    "site/search/languages.py",  # words that a search leaves out, of each language
    # Commands, logs and checks of the system, which operators read; patterns, and words of other systems.
    "billing/providers/stripe/checks.py",
    "cli.py",
    "command_list.py",
    "contact/incoming/taking_in.py",
    "crawlers/models.py",
    "csp.py",
    "delivery/arriving.py",
    "delivery/intake/",
    "delivery/progress.py",
    "delivery/provider/",
    "delivery/readiness.py",
    "delivery/smtp/",
    "delivery/worker/",
    "desk/first_run/link.py",
    "edge/",
    "editorial/schedule.py",
    "environment/",
    "logs.py",
    "notices/posting.py",
    "platform/",
    "settings.py",
    # What the law prescribes, in each language.
    "membership/legal_buttons.py",
    # Reasons that only the code gives.
    "newsletters/preflight/support.py",
    # What other systems' files say, and what ours say to them.
    "importers/",
    # The demo's own content.
    "demo/",
)
NO_WORDS = {
    "not by itself",
    "As ipaddress writes it.",
    "Can choose picture",
    "Broadsheet source check",
    "Broadsheet preflight",
    "Broadsheet preflight scanner",
    "Batches of messages that wait for the post",
    "Batches that somebody must look at",
    "Samsung Internet",
    "Newsreader 16pt",
    "Source Serif 4",
    "Schibsted Grotesk",
    "Public Sans",
    "In the publication's time zone.",
    "The press of the button that was counted last.",
    "False where it was brought along from before signing in.",
    "Who asked, where they were signed in; never looked up by address.",
    "Audience editor",
    "Subscriptions manager",
    "The desk",
    "Moderators approval",
}
"""Names of programs, fonts, groups, permissions, as the database has them; help that only the code shows."""


def test_templates_say_nothing_unmarked() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {words}"
        for path in TEMPLATES
        if str(path.relative_to(ROOT)) not in ATTRIBUTES_ALONE
        for words in unmarked_in_template(path)
        if words not in NAMES
    }
    assert sorted(found) == []


def test_code_translates_under_names_that_the_catalogues_are_made_by() -> None:
    renamed = {
        f"{path.relative_to(ROOT)}: {name.asname}"
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.asname
        and "gettext" in name.name
        and (name.asname != "_" or name.name not in ("gettext", "gettext_lazy"))
    }
    assert renamed == set()


def test_code_says_nothing_unmarked() -> None:
    found = {
        f"{name}: {words[:90]}"
        for path in sorted(ROOT.rglob("*.py"))
        for name in [path.relative_to(ROOT).as_posix()]
        if not name.startswith(ENGLISH_FOR_ITS_READERS)
        and "/migrations/" not in name
        and "/management/" not in name
        for words in unmarked_in_code(path)
        if words not in NO_WORDS
    }
    assert sorted(found) == []
