"""The speakers, sources and contested terms of the demo, each entered once by the articles that name it."""

from datetime import datetime, timedelta
from typing import Any

from broadsheet.demo import content
from broadsheet.editorial.models import Picture
from broadsheet.evidence.models import ContestedTerm, Source, Speaker, SpeakerRole, TermUse
from broadsheet.evidence.names import name_key


class Register:
    def __init__(self, pictures: dict[str, Picture]) -> None:
        self._speakers: dict[str, int] = {}
        self._sources: dict[tuple[str, str], int] = {}
        self._pictures = pictures
        self._known = content.load("speakers")
        self._about = content.load("sources")

    def source(self, written: str, link: str) -> int:
        """The id of the source “Outlet | title” with `link`."""
        key = (written, link)
        if key not in self._sources:
            found = Source.objects.at(link) or self._without_link(written, link)
            if found is None:
                outlet, _, title = written.partition(" | ")
                kind = Source.Kind.LAW if "legislation" in link else Source.Kind.DOCUMENT
                about = {"kind": kind} | self._about.get(link or written, {})
                about.pop("dead_for_days", None)
                found = Source.objects.create(outlet=outlet, title=title, link=link, **about)
            self._sources[key] = found.pk
        return self._sources[key]

    @staticmethod
    def _without_link(written: str, link: str) -> Source | None:
        outlet, _, title = written.partition(" | ")
        without = Source.objects.filter(link="", outlet=outlet, title=title)
        found: Source | None = None if link else without.first()
        return found

    def speaker(self, written: str, kind: str) -> int:
        """The id of the speaker “Name, who that is”; `kind` unless speakers.toml knows better."""
        name, _, description = written.partition(", ")
        key = name_key(name)
        if key not in self._speakers:
            about: dict[str, Any] = {"kind": kind, "description": description} | self._known.get(name, {})
            about.pop("is_unquoted", None)
            roles = about.pop("roles", [])
            picture = self._pictures.get(about.pop("picture", ""))
            speaker: Any = Speaker(name=name, picture=picture, **about)
            speaker.roles = [
                SpeakerRole(role=role["role"], begins=role.get("begins", ""), ends=role.get("ends", ""))
                for role in roles
            ]
            speaker.save()
            self._speakers[key] = speaker.pk
        return self._speakers[key]

    def enter_the_rest(self, now: datetime) -> None:
        """What the desk finds to mend: a speaker entered twice, and links that lead nowhere any more."""
        for name, about in self._known.items():
            if about.get("is_unquoted"):
                self.speaker(name, about["kind"])
        for link, about in self._about.items():
            days = about.get("dead_for_days")
            if days and (source := Source.objects.at(link)):
                for tried_at in (now - timedelta(days=days), now - timedelta(days=1)):
                    source.found(Source.LinkState.DEAD, "It answers 404.", tried_at)

    def term(self, written: dict[str, Any]) -> int:
        """The id of the entry in the register of contested terms."""
        found: Any = ContestedTerm.objects.filter(term_key=name_key(written["term"])).first()
        if found is None:
            found = ContestedTerm(
                term=written["term"],
                slug=written["term"].replace(" ", "-"),
                other_forms=written.get("other_forms", ""),
                our_use=written["our_use"],
                source_id=self.source(written["source"], written.get("source_url", "")),
            )
            found.uses = [TermUse(who=use["who"], whom=use["whom"]) for use in written["uses"]]
            found.save()
        pk: int = found.pk
        return pk
