"""An invoice as it is printed."""

from django.utils import translation
from django.utils.translation import gettext as _

from broadsheet.billing import paper
from broadsheet.billing.models import Invoice, Payment, Seller
from broadsheet.house.money import Money
from broadsheet.membership.models import Market


def pdf_of(invoice: Invoice) -> bytes:
    with translation.override(invoice.edition):
        return paper.pdf(sheet_of(invoice))


def sheet_of(invoice: Invoice) -> paper.Sheet:
    seller: Seller = Seller.load()
    payment = invoice.payment
    return paper.Sheet(
        kind=_kind(invoice),
        number=invoice.number,
        dated=invoice.issued_at.date(),
        seller=paper.Party(
            name=seller.name,
            address=_lines(seller.address),
            vat_number=seller.vat_number,
            email=seller.email,
        ),
        buyer=paper.Party(
            name=invoice.buyer_name or (_("Account erased") if invoice.person is None else ""),
            company=invoice.buyer_company,
            address=_lines(invoice.buyer_address),
            vat_number=invoice.buyer_vat_number,
            email=invoice.buyer_email,
        ),
        lines=tuple(
            paper.Line(
                line.description,
                str(Money(line.amount, invoice.currency)),
                (line.starts_at.date(), line.ends_at.date()) if line.starts_at and line.ends_at else None,
            )
            for line in invoice.lines.all()
        ),
        net=str(Money(invoice.net, invoice.currency)),
        total=str(invoice.money),
        currency=invoice.currency,
        tax=_tax(invoice),
        due=invoice.due_at.date() if invoice.is_open else None,
        settled=paper.Settlement(payment.at.date(), _means(payment)) if payment else None,
        corrects=invoice.corrects.number if invoice.corrects else "",
        account=_account(invoice, seller) if invoice.is_open else None,
        note=seller.note,
        language=invoice.edition,
    )


def _kind(invoice: Invoice) -> paper.Kind:
    if invoice.kind == Invoice.Kind.CREDIT_NOTE:
        return paper.Kind.CREDIT_NOTE
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


def _account(invoice: Invoice, seller: Seller) -> paper.BankAccount | None:
    if not seller.can_send_invoices:
        return None
    return paper.BankAccount(
        holder=seller.account_holder or seller.name,
        iban=seller.iban,
        bic=seller.bic,
        bank=seller.bank,
        reference=invoice.number,
    )
