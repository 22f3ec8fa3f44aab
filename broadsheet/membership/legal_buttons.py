"""What stands on buttons and links whose words consumer law prescribes, by language: fixed, never translated.

The words must be in the language in which somebody orders, so the edition's decides, wherever they live.
Behind each stands the law that prescribes it and since when; those without are ours and say as much.

Directive 2011/83/EU, Art. 8(2), for orders with obligation to pay, among them trials that are paid for later
(since 13 June 2014); Art. 11a, from Directive (EU) 2023/2673, for withdrawals (since 19 June 2026).
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
        withdraw_link="Withdraw from contract here",  # Directive 2011/83/EU, Art. 11a(1)
        withdraw="Confirm withdrawal",  # Art. 11a(3)
    ),
    # Austria takes the same words: FAGG § 8(2) for orders, and the directive's own for withdrawals.
    "de": LegalButtons(
        order="Zahlungspflichtig bestellen",  # BGB § 312j(3), since 1 August 2012
        gift="Zahlungspflichtig bestellen",
        change="Zahlungspflichtig bestellen",
        trial="Zahlungspflichtig bestellen",
        cancel_link="Verträge hier kündigen",  # BGB § 312k(2), since 1 July 2022
        cancel="Jetzt kündigen",  # the same
        withdraw_link="Vertrag widerrufen",  # BGB § 356a(1), since 19 June 2026
        withdraw="Widerruf bestätigen",  # BGB § 356a(3)
    ),
    "fr": LegalButtons(
        order="Commande avec obligation de paiement",  # Code de la consommation L221-14, since 14 June 2014
        gift="Commande avec obligation de paiement",
        change="Commande avec obligation de paiement",
        trial="Commande avec obligation de paiement",
        cancel_link="Résilier votre contrat",  # D215-1, décret 2023-417, since 1 June 2023
        cancel="Notification de la résiliation",  # D215-3, the same
        withdraw_link="Renoncer au contrat ici",  # D221-5, décret 2026-3, since 19 June 2026
        withdraw="Confirmer la rétractation",  # the same
    ),
    "es": LegalButtons(
        order="Pedido con obligación de pago",  # TRLGDCU art. 98.2, since 13 June 2014
        gift="Pedido con obligación de pago",
        change="Pedido con obligación de pago",
        trial="Pedido con obligación de pago",
        cancel_link="Cancelar contratos aquí",
        cancel="Cancelar mi suscripción",
        withdraw_link="Desistir del contrato aquí",  # Directiva 2011/83/UE, art. 11 bis, since 19 June 2026
        withdraw="Confirmar el desistimiento",  # the same
    ),
}


def legal_buttons() -> LegalButtons:
    """Those of the language now active; in English where the law's words in it are not known here."""
    language = (get_language() or "en").partition("-")[0]
    return BY_LANGUAGE.get(language, BY_LANGUAGE["en"])
