"""The letters about money: invoices, receipts, charges that failed, cards that expire."""

from collections.abc import Callable

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from broadsheet.billing import providers
from broadsheet.billing.documents import pdf_of
from broadsheet.billing.models import Invoice, Mandate, Payment, Seller
from broadsheet.billing.notice_kinds import CardNotice, InvoiceNotice
from broadsheet.billing.providers.protocol import Remedy
from broadsheet.editorial.zones import zone_of
from broadsheet.membership.letters.wording import to_account
from broadsheet.membership.models import SalesPolicy, Subscription
from broadsheet.notices import kinds
from broadsheet.notices.models import Notice
from broadsheet.people.letters import Letter


def register() -> None:
    kinds.register(dict.fromkeys(InvoiceNotice, about_invoice), zone_of=zone_of)
    kinds.register({CardNotice.EXPIRES: card_expires}, zone_of=zone_of)


def about_invoice(notice: Notice) -> Letter | None:
    found = Invoice.objects.select_related("subscription__price__plan", "gift", "corrects", "person")
    about = found.filter(pk=notice.about).first()
    if about is None:
        return None
    return ABOUT_INVOICES[InvoiceNotice(notice.kind)](about, notice)


def address(name: str, *args: object) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=args)}"


def _attached(about: Invoice) -> list[tuple[str, bytes, str]]:
    return [(f"{about.number}.pdf", pdf_of(about), "application/pdf")]


def _facts(about: Invoice) -> list[tuple[str, str]]:
    return [(_("Invoice"), about.number), (_("Amount"), str(about.money))]


def bank_details(about: Invoice) -> list[tuple[str, str]]:
    """The account to pay to, and the reference to give."""
    seller: Seller = Seller.load()
    details = [
        (_("Account holder"), seller.account_holder or seller.name),
        (_("IBAN or account number"), seller.iban),
        (_("BIC or sort code"), seller.bic),
        (_("Bank"), seller.bank),
        (_("Reference"), about.number),
    ]
    return [(name, value) for name, value in details if value]


def invoice(about: Invoice, notice: Notice) -> Letter | None:
    if not about.is_open:
        return None
    due = about.day(about.due_at)
    return Letter(
        _("Invoice %(number)s, due by %(day)s") % {"number": about.number, "day": due},
        [_("Here is your invoice. Please transfer the amount by %s.") % due],
        [*_facts(about), (_("Due by"), due), *bank_details(about)],
        to_account(),
        attachments=_attached(about),
    )


def receipt(about: Invoice, notice: Notice) -> Letter | None:
    payment = about.payment
    if payment is None:
        return None
    facts = [*_facts(about), (_("Paid on"), about.day(payment.at))]
    after = []
    if about.gift:
        facts.append((_("Gift code"), about.gift.code))
        after.append(
            _(
                "We will send it to %(email)s on %(day)s. You can also give the code yourself, in a"
                " card for example."
            )
            % {"email": about.gift.recipient_email, "day": about.gift.day(about.gift.deliver_at)}
        )
    subscription = about.subscription
    if subscription and subscription.is_live:
        if subscription.is_donation:
            facts.append((_("Next donation"), subscription.term_end))
            after.append(_("You can end it at any time on your account page."))
        else:
            facts.append((_("Paid until"), subscription.term_end))
            after.append(_("You can cancel or pause at any time on your account page."))
    return Letter(
        _("Receipt for invoice %s") % about.number,
        [_("Thank you: we have received your payment.")],
        facts,
        to_account(),
        after,
        attachments=_attached(about),
    )


def payment_failed(about: Invoice, notice: Notice) -> Letter | None:
    failed = about.payments.filter(state=Payment.State.FAILED).first()  # the newest
    if not about.is_open or failed is None:
        return None
    facts, after = _facts(about), []
    if about.next_try_at:
        facts.append((_("We will try again on"), about.day(about.next_try_at)))
    subscription = about.subscription
    if subscription and subscription.lapses_at:
        ends = subscription.day(subscription.lapses_at)
        if subscription.is_donation:
            after.append(_("If no payment has arrived by %s, your donation ends.") % ends)
        else:
            after.append(
                _("You can keep reading until %s. If no payment has arrived by then, your subscription ends.")
                % ends
            )
    if failed.remedy == Remedy.CARDHOLDER:
        path = providers.named(failed.provider).confirm_path(about)
        return Letter(
            _("Your bank wants you to confirm a payment"),
            [failed.fault, _("It takes a minute. Nothing is charged before you do.")],
            facts,
            (
                _("Confirm the payment"),
                f"{settings.PUBLIC_URL}{path}" if path else address("pay_invoice", about.number),
            ),
            after,
        )
    if failed.remedy == Remedy.CARD:
        what = _("Please pay with another card. It takes a minute, and we keep it for your next payments.")
    else:
        what = _("You don’t have to wait until then: you can pay with another card. It takes a minute.")
        if not about.next_try_at:
            what = _("We won’t try this card again. You can pay with another one. It takes a minute.")
    return Letter(
        _("Your payment did not go through"),
        [failed.fault, what],
        facts,
        (_("Pay now"), address("pay_invoice", about.number)),
        after,
    )


def overdue(about: Invoice, notice: Notice) -> Letter | None:
    if not about.is_open:
        return None
    subscription, after = about.subscription, []
    if subscription and subscription.lapses_at:
        ends = subscription.day(subscription.lapses_at)
        if subscription.is_donation:
            after.append(_("If no payment arrives by %s, your donation ends.") % ends)
        else:
            after.append(_("If no payment arrives by %s, your subscription ends.") % ends)
    elif subscription is None:
        lapses = about.day(about.later(about.due_at, days=SalesPolicy.load().grace_days))
        after.append(
            _("If no payment arrives by %s, we treat the order as withdrawn, and you owe nothing.") % lapses
        )
    return Letter(
        _("Invoice %s is overdue") % about.number,
        [
            _("We have not received your payment yet. If it is on its way, you need do nothing."),
        ],
        [*_facts(about), (_("Was due by"), about.day(about.due_at)), *bank_details(about)],
        (_("Pay now"), address("pay_invoice", about.number)),
        after,
        attachments=_attached(about),
    )


def refund(about: Invoice, notice: Notice) -> Letter | None:
    corrected = about.corrects
    if corrected is None:
        return None
    return Letter(
        _("We have refunded %s") % about.money,
        [
            _("You get back %(amount)s of invoice %(number)s, by the same means that you paid.")
            % {"amount": about.money, "number": corrected.number}
        ],
        [
            (_("Credit note"), about.number),
            (_("Amount"), str(about.money)),
            (_("Invoice %s") % corrected.number, corrected.state_name.lower()),
        ],
        to_account(),
        attachments=_attached(about),
    )


def _card_page(subscription: Subscription) -> str:
    if subscription.is_group:
        return address("change_group_card", subscription.pk)
    if subscription.is_donation:
        return address("change_donation_card", subscription.pk)
    return address("change_card")


def card_expires(notice: Notice) -> Letter | None:
    found = Mandate.objects.select_related("subscription__price__plan").filter(subscription=notice.about)
    mandate = found.first()
    if mandate is None or mandate.expires_on is None or str(mandate.expires_on) != notice.key:
        return None
    subscription: Subscription = mandate.subscription
    if not subscription.is_live or subscription.cancellation:
        return None
    return Letter(
        _("Your card expires on %s") % date_format(mandate.expires_on, "DATE_FORMAT"),
        [
            _("The card ending in %(digits)s, which pays for %(plan)s, expires soon.")
            % {"digits": mandate.last_digits, "plan": subscription.plan},
            _("The next payment is due on %s. Add your new card before then, and nothing is interrupted.")
            % subscription.day(subscription.paid_until),
        ],
        [],
        (_("Change the card"), _card_page(subscription)),
    )


ABOUT_INVOICES: dict[InvoiceNotice, Callable[[Invoice, Notice], Letter | None]] = {
    InvoiceNotice.INVOICE: invoice,
    InvoiceNotice.RECEIPT: receipt,
    InvoiceNotice.PAYMENT_FAILED: payment_failed,
    InvoiceNotice.OVERDUE: overdue,
    InvoiceNotice.REFUND: refund,
}
