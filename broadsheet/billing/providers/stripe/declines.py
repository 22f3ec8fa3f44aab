"""Why a bank declines, in words for the reader, and what may help.

The codes are Stripe’s: https://docs.stripe.com/declines/codes. What a bank says of fraud, or of cards that
were lost or stolen, is told to nobody: whoever has the card may be the thief.
"""

from django.utils.translation import gettext_lazy as _

from broadsheet.billing.providers.protocol import Declined, Remedy

DECLINED = _("Your bank declined the charge.")
ANOTHER = _("Your bank declined the charge, and will not accept this card again.")
UNANSWERED = _("Your bank could not be reached.")

REASONS = {
    "authentication_required": (_("Your bank wants you to confirm the charge."), Remedy.CARDHOLDER),
    "authentication_not_handled": (_("Your bank wants you to confirm the charge."), Remedy.CARDHOLDER),
    "offline_pin_required": (_("Your bank wants you to confirm the charge."), Remedy.CARDHOLDER),
    "online_or_offline_pin_required": (_("Your bank wants you to confirm the charge."), Remedy.CARDHOLDER),
    "insufficient_funds": (_("There was not enough money on the account of your card."), Remedy.LATER),
    "card_velocity_exceeded": (_("Your card has reached its limit."), Remedy.LATER),
    "withdrawal_count_limit_exceeded": (_("Your card has reached its limit."), Remedy.LATER),
    "expired_card": (_("Your card has expired."), Remedy.CARD),
    "invalid_expiry_month": (_("Your card has expired."), Remedy.CARD),
    "invalid_expiry_year": (_("Your card has expired."), Remedy.CARD),
    "currency_not_supported": (_("Your card can’t pay in this currency."), Remedy.CARD),
    "card_not_supported": (_("Your card can’t be used for this payment."), Remedy.CARD),
    "processing_error": (UNANSWERED, Remedy.SOON),
    "try_again_later": (UNANSWERED, Remedy.SOON),
    "issuer_not_available": (UNANSWERED, Remedy.SOON),
    "reenter_transaction": (UNANSWERED, Remedy.SOON),
    "approve_with_id": (UNANSWERED, Remedy.SOON),
    "payment_method_missing": (_("Your card is no longer there."), Remedy.CARD),
}
FOR_GOOD = frozenset(
    [
        "fraudulent",
        "lost_card",
        "stolen_card",
        "pickup_card",
        "restricted_card",
        "merchant_blacklist",
        "revocation_of_authorization",
        "revocation_of_all_authorizations",
        "stop_payment_order",
        "new_account_information_available",
        "no_action_taken",
        "account_closed",
        "invalid_account",
        "invalid_number",
        "incorrect_number",
        "incorrect_cvc",
        "invalid_cvc",
        "not_permitted",
        "transaction_not_allowed",
        "service_not_allowed",
        "security_violation",
        "testmode_decline",
        "live_mode_test_card",
    ]
)
"""After which the card networks forbid to charge the card again."""


def declined(code: str, reference: str) -> Declined:
    """`code` may be one that Stripe has added since: then it is tried again as after any other decline."""
    if code in FOR_GOOD:
        return Declined(str(ANOTHER), reference, Remedy.CARD, code)
    words, remedy = REASONS.get(code, (DECLINED, Remedy.LATER))
    return Declined(str(words), reference, remedy, code)
