"""An invoice as it is printed."""

from django.utils import translation
from django.utils.translation import gettext as _

from broadsheet.billing import paper
from broadsheet.billing.models import Invoice, Payment, Seller
from broadsheet.delivery.addresses import readable
from broadsheet.membership.models import Market
from broadsheet.platform.money import Money


def pdf_of(invoice: Invoice) -> bytes:
    with translation.override(invoice.edition):
        return paper.pdf(sheet_of(invoice))


def sheet_of(invoice: Invoice) -> paper.Sheet:
    payment, day = invoice.payment, invoice.on
    return paper.Sheet(
        kind=_kind(invoice),
        number=invoice.number,
        dated=day(invoice.issued_at),
        seller=paper.Party(
            name=invoice.seller_name,
            address=_lines(invoice.seller_address),
            vat_number=invoice.seller_vat_number,
            email=invoice.seller_email,
        ),
        buyer=paper.Party(
            name=invoice.buyer_name or (_("Account erased") if invoice.person is None else ""),
            company=invoice.buyer_company,
            address=_lines(invoice.buyer_address),
            vat_number=invoice.buyer_vat_number,
            email=readable(invoice.buyer_email),
        ),
        lines=tuple(
            paper.Line(
                line.description,
                str(Money(line.amount, invoice.currency)),
                line.days,
            )
            for line in invoice.lines.all()
        ),
        net=str(Money(invoice.net, invoice.currency)),
        total=str(invoice.money),
        currency=invoice.currency,
        tax=_tax(invoice),
        due=day(invoice.due_at) if invoice.is_open else None,
        settled=paper.Settlement(day(payment.at), _means(payment)) if payment else None,
        refunded=_refunded(invoice, payment),
        corrects=invoice.corrects.number if invoice.corrects else "",
        account=_account(invoice) if invoice.is_open else None,
        reference=invoice.buyer_reference,
        note=invoice.seller_note,
        language=invoice.edition,
        direction="rtl" if translation.get_language_bidi() else "ltr",
    )


def _refunded(invoice: Invoice, payment: Payment | None) -> tuple[str, str] | None:
    if payment is None or not payment.refunded:
        return None
    return invoice.state_name, str(payment.given_back)


def _kind(invoice: Invoice) -> paper.Kind:
    if invoice.kind == Invoice.Kind.CREDIT_NOTE:
        return paper.Kind.CREDIT_NOTE
    if invoice.is_donation and invoice.payment:
        return paper.Kind.DONATION_RECEIPT
    return paper.Kind.INVOICE


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _tax(invoice: Invoice) -> paper.Tax | None:
    if not invoice.tax_rate:
        return None
    rate = Market(tax_rate=invoice.tax_rate).rate
    return paper.Tax(invoice.tax_name, rate, str(Money(invoice.tax, invoice.currency)))


def _means(payment: Payment) -> str:
    return _("card") if payment.method == Payment.Method.CARD else _("bank transfer")


def _account(invoice: Invoice) -> paper.BankAccount | None:
    """The seller’s present account: the one of the invoice’s day may be closed."""
    seller: Seller = Seller.load()
    if not seller.can_send_invoices:
        return None
    return paper.BankAccount(
        holder=seller.account_holder or seller.name,
        iban=seller.iban,
        bic=seller.bic,
        bank=seller.bank,
        reference=invoice.number,
    )
