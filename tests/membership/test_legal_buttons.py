"""Buttons say what consumer law has them say, in each language."""

import pytest
from django.conf import settings
from django.utils import translation

from broadsheet.membership.legal_buttons import BY_LANGUAGE, legal_buttons

DUE = {"due": "€4.00", "price": "€4", "each": "a month"}


@pytest.mark.parametrize(
    ("tag", "order", "cancel_link", "cancel", "withdraw_link", "withdraw"),
    [
        (
            "en-us",
            "Subscribe and pay €4.00",
            "Cancel contracts here",
            "Cancel my subscription",
            "Withdraw from contract here",
            "Confirm withdrawal",
        ),
        (
            "en-gb",
            "Subscribe and pay €4.00",
            "Cancel contracts here",
            "Cancel my subscription",
            "Withdraw from contract here",
            "Confirm withdrawal",
        ),
        (
            "de",
            "Zahlungspflichtig bestellen",
            "Verträge hier kündigen",
            "Jetzt kündigen",
            "Vertrag widerrufen",
            "Widerruf bestätigen",
        ),
        (
            "de-at",
            "Zahlungspflichtig bestellen",
            "Verträge hier kündigen",
            "Jetzt kündigen",
            "Vertrag widerrufen",
            "Widerruf bestätigen",
        ),
        (
            "fr",
            "Commande avec obligation de paiement",
            "Résilier votre contrat",
            "Notification de la résiliation",
            "Renoncer au contrat ici",
            "Confirmer la rétractation",
        ),
        (
            "es",
            "Pedido con obligación de pago",
            "Cancelar contratos aquí",
            "Cancelar mi suscripción",
            "Desistir del contrato aquí",
            "Confirmar el desistimiento",
        ),
    ],
)
def test_the_law_s_words_are_fixed(
    tag: str, order: str, cancel_link: str, cancel: str, withdraw_link: str, withdraw: str
) -> None:
    with translation.override(tag):
        words = legal_buttons()
    assert words.order % DUE == order
    assert (words.cancel_link, words.cancel) == (cancel_link, cancel)
    assert (words.withdraw_link, words.withdraw) == (withdraw_link, withdraw)


@pytest.mark.parametrize("language", BY_LANGUAGE)
def test_every_button_that_orders_says_that_it_costs_something(language: str) -> None:
    words = BY_LANGUAGE[language]
    for said in (words.order, words.gift, words.change, words.trial):
        assert any(
            cost in said % DUE for cost in ("pay €4", "Zahlungspflichtig", "paiement", "obligación de pago")
        )


def test_every_language_of_the_interface_has_its_words() -> None:
    assert BY_LANGUAGE.keys() == settings.INTERFACE_LANGUAGES.keys()


def test_an_edition_in_a_language_without_such_words_has_the_english_ones() -> None:
    with translation.override("nl"):
        assert legal_buttons() == BY_LANGUAGE["en"]
