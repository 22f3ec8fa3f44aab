"""The files of fulfilment houses: read in every shape, checked without effect, applied whole."""

from datetime import UTC, date, datetime, timedelta

import pytest

from broadsheet.membership.errors import Refused
from broadsheet.membership.forgetting import forget_old_print
from broadsheet.membership.fulfilment import applying
from broadsheet.membership.fulfilment.label import Linked, link_by_label, readers_on_label
from broadsheet.membership.fulfilment.reading import Entry, Fault, Unreadable, read
from broadsheet.membership.fulfilment.working import find_undone, work_on
from broadsheet.membership.models import (
    Entitlement,
    FulfilmentHouse,
    HouseFile,
    PrintDoubt,
    PrintSubscriber,
)
from broadsheet.membership.models.printed.house import HouseFileContents
from broadsheet.membership.seats import bring_rights
from broadsheet.people.account import everything_about
from broadsheet.people.finding import Clues, agreed, candidates
from broadsheet.people.models import Person
from broadsheet.people.signals import accounts_merging
from broadsheet.platform import clock
from tests.cast import introduce

NOTHING_NAMED = dict.fromkeys(("number", "postcode", "email", "name", "until"), "")
PLAIN = "Number,Postcode,E-mail,Name,Paid until\n1001,HT1 4ME,ada@reader.example,Ada Brandt,\n"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def house(db: None) -> FulfilmentHouse:
    return FulfilmentHouse.objects.create(name="Quay Mailing", edition="en-us")


def rows(text: str | bytes, **named: str) -> list[Entry | Fault]:
    contents = text if isinstance(text, bytes) else text.encode()
    options = {key: named.pop(key) for key in ("encoding", "delimiter") if key in named}
    return list(read(contents, NOTHING_NAMED | named, **options).entries())


def arrived(house: FulfilmentHouse, text: str | bytes) -> HouseFile:
    """A file that was uploaded and checked."""
    contents = text if isinstance(text, bytes) else text.encode()
    file = HouseFile.objects.take(house, "paper.csv", contents, None)
    applying.check(file)
    return file


def applied(house: FulfilmentHouse, text: str | bytes, ends: int | None = None) -> HouseFile:
    file = arrived(house, text)
    applying.begin(file, ends=ends)
    applying.apply(file)
    return file


def reads(person: Person) -> bool:
    return Entitlement.objects.live().filter(person=person).exists()


# --- Reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Number,Postcode,Name\n1,HT1,Jörg Čapek\n", "utf-8"),
        ("Number;Postcode;Name\r\n1;HT1;Jörg Čapek\r\n", "utf-8-sig"),
        ("Number\tPostcode\tName\n1\tHT1\tJörg Čapek\n", "utf-16"),
        ("Number|Postcode|Name\r1|HT1|Jörg Čapek\r", "utf-32"),
        ("\n\nNumber,Postcode,Name\n\n1,HT1,Jörg Čapek", "utf-8"),
    ],
)
def test_a_table_is_found_in_whatever_shape_it_comes(text: str, encoding: str) -> None:
    (entry,) = rows(text.encode(encoding))
    assert isinstance(entry, Entry)
    assert (entry.number, entry.postcode, entry.name) == ("1", "HT1", "Jörg Čapek")


def test_an_old_encoding_is_taken_where_it_is_no_utf_8() -> None:
    (entry,) = rows("PLZ;Abo-Nr.;Name\n20095;7;Jörg Müller\n".encode("cp1252"))
    assert isinstance(entry, Entry)
    assert entry.name == "Jörg Müller"


def test_a_mapping_names_columns_of_any_name() -> None:
    table = "Kd;Ort;Bezug bis\n17;20095;31.12.2026\n"
    (entry,) = rows(table, number="kd", postcode="ORT", until="Bezug bis")
    assert entry == Entry(2, "17", "20095", until=date(2026, 12, 31))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("Number,Postcode\n", "no lines"),
        ("Number,Town\n1,Harbour\n", "postcode"),
        ("PK\x03\x04\x00\x00", "no text file"),
        ('Number,Postcode\n1,"HT1\n2,HT2\n', "line 2"),
        ("Number,Postcode,Name\n1,HT1,Ada\n2,HT", "breaks off in line 3"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(text: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        rows(text)


def test_a_column_that_is_named_must_be_there() -> None:
    with pytest.raises(Unreadable, match=r"no column “Kundennr”.*“Number”, “Postcode”"):
        rows("Number,Postcode\n1,HT1\n", number="Kundennr")


def test_bytes_of_another_encoding_are_said_by_line() -> None:
    with pytest.raises(Unreadable, match="Line 3"):
        rows(b"Number,Postcode,Name\n1,HT1,Ada\n2,HT1,J\xf6rg\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (",HT1,a@reader.example,", "number is missing"),
        ("1,,a@reader.example,", "postcode is missing"),
        ("1,HT1,not an address,", "no e-mail address"),
        ("1,HT1,a@reader.example,soon", "no day"),
        ("1,HT1", "2 fields"),
        ("1,HT1,,,,", "6 fields"),
        (f"{'1' * 41},HT1,,", "too long"),
    ],
)
def test_a_line_that_cannot_be_used_keeps_no_other_from_being(line: str, words: str) -> None:
    fault, entry = rows(f"Number,Postcode,E-mail,Paid until\n{line}\n2,HT2,,2027-01-31\n")
    assert isinstance(fault, Fault)
    assert words in fault.words
    assert fault.line == 2
    assert isinstance(entry, Entry)


def test_doubled_lines_are_told_apart_from_those_that_differ() -> None:
    first, again, other = rows("Number,Postcode\n1,HT1\n1,HT1\n 1 ,HT2\n")
    assert isinstance(first, Entry)
    assert isinstance(again, Fault)
    assert "repeats line 2" in again.words
    assert isinstance(other, Fault)
    assert "Line 2 has this number" in other.words


# --- Checking and applying -------------------------------------------------------------------------


def test_a_check_changes_nothing(house: FulfilmentHouse, ada: Person) -> None:
    file = arrived(house, PLAIN)
    assert file.state == HouseFile.State.CHECKED
    assert {name: count for name, count in file.counts.items() if count} == {"new": 1, "matched": 1}
    assert not PrintSubscriber.objects.exists()
    assert not reads(ada)


def test_a_reader_is_matched_by_the_address(house: FulfilmentHouse, ada: Person) -> None:
    file = applied(house, PLAIN)
    assert file.state == HouseFile.State.APPLIED
    assert reads(ada)
    assert not HouseFileContents.objects.exists()
    right = Entitlement.objects.get()
    assert right.is_open_ended
    assert right not in Entitlement.objects.complimentary()


def test_the_same_file_again_changes_nothing(house: FulfilmentHouse, ada: Person) -> None:
    applied(house, PLAIN)
    before = list(Entitlement.objects.values())
    file = applied(house, PLAIN)
    assert file.counts["same"] == 1
    assert list(Entitlement.objects.values()) == before
    assert PrintSubscriber.objects.count() == 1


def test_it_is_read_until_the_end_of_the_last_day_that_is_paid(house: FulfilmentHouse, ada: Person) -> None:
    with clock.moved_to(NOON):
        applied(house, PLAIN.replace("Brandt,", "Brandt,2026-12-31"))
        assert reads(ada)
        applied(house, PLAIN.replace("Brandt,", "Brandt,2027-01-31"))
        assert Entitlement.objects.get().ends_at > NOON + timedelta(days=60)
        applied(house, PLAIN.replace("Brandt,", "Brandt,2026-10-31"))
    with clock.moved_to(NOON + timedelta(hours=1)):
        assert not reads(ada)


def test_nobody_ends_without_a_word(house: FulfilmentHouse, ada: Person) -> None:
    applied(house, PLAIN)
    other = "Number,Postcode\n2,HT2\n"
    file = arrived(house, other)
    assert file.gone == 1
    with pytest.raises(Refused, match="Not 2 but 1"):
        applying.begin(file, ends=2)
    applying.begin(file, ends=None)
    applying.apply(file)
    assert reads(ada)
    applied(house, other, ends=1)
    assert not reads(ada)
    assert PrintSubscriber.objects.live().count() == 1
    applied(house, PLAIN)
    assert reads(ada)


def test_a_faulty_line_is_not_taken_for_one_that_is_gone(house: FulfilmentHouse, ada: Person) -> None:
    applied(house, PLAIN)
    file = arrived(house, "Number,Postcode,E-mail\n1001,,ada@reader.example\n2,HT2,\n")
    assert file.gone == 0
    assert file.counts["faults"] == 1
    assert file.faults == [[2, "The postcode is missing."]]


def test_a_file_that_breaks_off_ends_nobody(house: FulfilmentHouse) -> None:
    whole = "Number,Postcode,Name\n" + "".join(f"{n},HT{n},Reader {n}\n" for n in range(50))
    applied(house, whole)
    file = arrived(house, whole[: len(whole) // 2].rstrip("\n").rpartition(",")[0])
    assert file.state == HouseFile.State.UNREADABLE
    assert PrintSubscriber.objects.live().count() == 50


def test_a_file_is_applied_once_and_one_after_the_other(house: FulfilmentHouse) -> None:
    file, other = arrived(house, PLAIN), arrived(house, PLAIN)
    applying.begin(file, ends=None)
    with pytest.raises(Refused, match="already"):
        applying.begin(file, ends=None)
    with pytest.raises(Refused, match="being applied"):
        applying.begin(other, ends=None)
    applying.apply(file)
    applying.drop(other)
    with pytest.raises(Refused):
        applying.begin(other, ends=None)


def test_an_older_file_does_not_undo_a_newer_one(house: FulfilmentHouse) -> None:
    with clock.moved_to(NOON):
        older = arrived(house, PLAIN)
    applied(house, PLAIN)
    with pytest.raises(Refused, match="newer"):
        applying.begin(older, ends=None)


def test_a_worker_goes_on_where_the_last_one_died(
    house: FulfilmentHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "CHUNK", 10)
    whole = "Number,Postcode\n" + "".join(f"{n},HT{n}\n" for n in range(1, 36))
    file = arrived(house, whole)
    applying.begin(file, ends=None)

    def die(done: int) -> None:
        if HouseFile.objects.get().done == 20:
            raise MemoryError

    with pytest.raises(MemoryError):
        applying.apply(file, die)
    assert HouseFile.objects.get().done == PrintSubscriber.objects.count() == 20
    find_undone()
    work_on.call(file.pk)
    file = HouseFile.objects.get()
    assert (file.state, PrintSubscriber.objects.count()) == (HouseFile.State.APPLIED, 35)


def test_an_address_at_two_numbers_links_one_and_asks_about_the_other(
    house: FulfilmentHouse, ada: Person
) -> None:
    applied(house, PLAIN + "1002,HT9,ADA@reader.example,Ada again,\n")
    assert PrintSubscriber.objects.filter(person=ada).count() == 1
    doubt = PrintDoubt.objects.get()
    assert doubt.why == PrintDoubt.Why.SHARED
    doubt.settle(links=True)
    assert PrintSubscriber.objects.filter(person=ada).count() == 2
    with pytest.raises(Refused):
        doubt.settle(links=False)


def test_whoever_registers_later_is_matched_when_they_sign_in(house: FulfilmentHouse) -> None:
    applied(house, PLAIN)
    ada = introduce("Ada", "ada@reader.example")
    bring_rights(ada)
    assert reads(ada)


# --- The label -------------------------------------------------------------------------------------


def test_number_and_postcode_link_however_they_are_written(house: FulfilmentHouse, bruno: Person) -> None:
    applied(house, "Number,Postcode\nAB-1001/7,HT1 4ME\n")
    assert link_by_label(bruno, " ab 10017", "ht14me") is Linked.DONE
    assert PrintSubscriber.objects.get().person == bruno
    assert readers_on_label("AB1001-7", "HT1-4ME") == [bruno]
    assert link_by_label(bruno, "AB10017", "HT14ME") is Linked.DONE


def test_what_does_not_match_is_told_in_one_way_and_seen_by_a_person(
    house: FulfilmentHouse, ada: Person, bruno: Person
) -> None:
    applied(house, "Number,Postcode,E-mail\n1,HT1,bruno@reader.example\n2,HT2,\n")
    assert link_by_label(ada, "1", "HT1") is Linked.NOT_BY_ITSELF
    assert link_by_label(ada, "2", "HT9") is Linked.NOT_BY_ITSELF
    assert link_by_label(ada, "3", "HT9") is Linked.NOT_BY_ITSELF
    assert link_by_label(ada, "2", "HT9") is Linked.NOT_BY_ITSELF
    assert {(doubt.subscriber.number, doubt.why) for doubt in PrintDoubt.objects.all()} == {
        ("1", "taken"),
        ("2", "postcode"),
    }


def test_a_label_leads_to_an_account(house: FulfilmentHouse, ada: Person, bruno: Person) -> None:
    applied(house, PLAIN + "1002,HT1 4ME,,Bruno Keller,\n")
    assert agreed(Clues(number="1001", postcode="ht1 4me")) == {ada.pk}
    assert agreed(Clues(number="1001", postcode="HT9")) == agreed(Clues(number="1001")) == set()
    PrintSubscriber.objects.get(number="1002").link(bruno, PrintSubscriber.How.STAFF)
    (found,) = candidates(Clues(name="bruno keller", postcode="HT1 4ME"))
    assert (found.person_id, found.is_sure) == (bruno.pk, False)


def test_the_paper_goes_along_when_two_accounts_become_one(
    house: FulfilmentHouse, ada: Person, bruno: Person
) -> None:
    applied(house, PLAIN)
    accounts_merging.send(Person, old=ada, new=bruno)
    assert PrintSubscriber.objects.get().person == bruno
    assert not reads(ada)


def test_staff_link_and_unlink(house: FulfilmentHouse, ada: Person, bruno: Person) -> None:
    applied(house, PLAIN)
    row = PrintSubscriber.objects.get()
    row.link(bruno, PrintSubscriber.How.STAFF)
    assert not reads(ada)
    row.unlink()
    with pytest.raises(Refused):
        row.unlink()


def test_an_erased_reader_leaves_the_number_alone(house: FulfilmentHouse, ada: Person) -> None:
    applied(house, PLAIN)
    assert everything_about(ada)["paper"]["subscriptions"][0]["number"] == "1001"
    ada.erase()
    row = PrintSubscriber.objects.get()
    assert (row.email, row.name, row.postcode, row.person) == ("", "", "", None)


def test_what_is_full_of_addresses_is_forgotten(house: FulfilmentHouse) -> None:
    with clock.moved_to(NOON):
        file = arrived(house, "Number,Postcode,E-mail\n1,HT1,ada at reader\n")
    with clock.moved_to(NOON + timedelta(days=31)):
        forget_old_print(clock.now())
        file.refresh_from_db()
        assert (file.state, file.stored) == (HouseFile.State.DROPPED, b"")
        assert file.faults
    with clock.moved_to(NOON + timedelta(days=91)):
        forget_old_print(clock.now())
    file.refresh_from_db()
    assert file.faults == []
    assert file.counts["faults"] == 1


@pytest.mark.parametrize("readers", [5, 15])
def test_applying_takes_as_many_queries_for_many_lines(
    house: FulfilmentHouse, readers: int, django_assert_num_queries
) -> None:
    # Their days are counted in the zone of the house, which a process keeps.
    assert house.zone
    for n in range(readers):
        introduce("Reader", f"{n}@reader.example")
    lines = "".join(f"{n},HT1,{n}@reader.example,2027-01-31\n" for n in range(4 * readers))
    file = arrived(house, f"Number,Postcode,E-mail,Paid until\n{lines}")
    applying.begin(file, ends=None)
    with django_assert_num_queries(27):
        applying.apply(file)
