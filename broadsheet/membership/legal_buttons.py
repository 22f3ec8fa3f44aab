"""What stands on buttons and links whose words consumer law prescribes, by language: fixed, never translated.

Directive 2011/83/EU, Art. 8(2), for orders with obligation to pay, among them trials that are paid for later;
Art. 11a, from Directive (EU) 2023/2673, for withdrawals. In German also BGB §§ 312j, 312k and 356a.
"""

from dataclasses import dataclass

from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class LegalButtons:
    order: str
    """`%(due)s` is the total; a language may leave it out."""
    gift: str
    """As `order`."""
    change: str
    """As `order`."""
    trial: str
    """`%(price)s %(each)s` is what each term costs after it."""
    cancel_link: str
    cancel: str
    withdraw_link: str
    withdraw: str


BY_LANGUAGE = {
    "en": LegalButtons(
        order="Subscribe and pay %(due)s",
        gift="Buy this gift and pay %(due)s",
        change="Change and pay %(due)s",
        trial="Start the free trial, then pay %(price)s %(each)s",
        cancel_link="Cancel contracts here",
        cancel="Cancel my subscription",
        withdraw_link="Withdraw from contract here",
        withdraw="Confirm withdrawal",
    ),
    "de": LegalButtons(
        order="Zahlungspflichtig bestellen",
        gift="Zahlungspflichtig bestellen",
        change="Zahlungspflichtig bestellen",
        trial="Zahlungspflichtig bestellen",
        cancel_link="Verträge hier kündigen",
        cancel="Jetzt kündigen",
        withdraw_link="Vertrag widerrufen",
        withdraw="Widerruf bestätigen",
    ),
}


def legal_buttons() -> LegalButtons:
    """Those of the language now active; in English where the law's words in it are not known here."""
    language = (get_language() or "en").partition("-")[0]
    return BY_LANGUAGE.get(language, BY_LANGUAGE["en"])
