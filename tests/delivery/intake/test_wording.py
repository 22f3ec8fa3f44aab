"""How servers of many makes say that a mailbox is gone, and how they say anything else."""

import pytest

from broadsheet.delivery.intake import Kind
from broadsheet.delivery.intake.verdict import verdict

GONE = [
    (
        "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking "
        "the recipient's email address for typos or unnecessary spaces. Learn more at "
        "https://support.google.com/mail/?p=NoSuchUser x1-2002 - gsmtp"
    ),
    (
        "550-5.2.1 The email account that you tried to reach is inactive. Learn more at "
        "https://support.google.com/mail/?p=DisabledUser - gsmtp"
    ),
    (
        "550 5.2.1 The email account that you tried to reach is disabled. Learn more at "
        "https://support.google.com/mail/?p=DisabledUser"
    ),
    "550 5.1.1 ADR.RecipientNotFound; not found",
    (
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ada@reader.example not found by SMTP "
        "address lookup"
    ),
    "550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found",
    "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). [mx.reader.example]",
    (
        "554 delivery error: dd This user doesn't have a reader.example account (ada@reader.example) "
        "[0] - mta1.mail.reader.example"
    ),
    "554 delivery error: dd Requested mail action aborted, mailbox not found - mta1.reader.example",
    "554 delivery error: dd Not a valid recipient - mta",
    (
        "554 30 Sorry, your message to ada@reader.example cannot be delivered. This mailbox is disabled "
        "(554.30)."
    ),
    "552 1 Requested mail action aborted, mailbox not found",
    "550 5.1.1 <ada@reader.example>: Recipient address rejected: User unknown in virtual mailbox table",
    "550 5.1.1 <ada@reader.example>: Recipient address rejected: User unknown in local recipient table",
    "550 Unrouteable address",
    "550 unknown user",
    "550 No Such User Here",
    "550 no such address here",
    "550 Address does not exist",
    "sorry, no mailbox here by that name (#5.1.1)",
    "Sorry, no mailbox here by that name. (#5.1.1)",
    (
        "550 Requested action not taken: mailbox unavailable For explanation visit "
        "https://postmaster.reader.example/en/case?c=r0601&i=ip&v=192.0.2.9&r=1M"
    ),
    "550 Invalid Recipient - https://community.filter.example/docs/DOC-1369#550 [abc.us-1]",
    "550 <ada@reader.example>, Recipient unknown",
    "550 5.1.1 User ada (ada@reader.example) not listed in Domino Directory",
    "550 User (ada@reader.example) not listed in public Name & Address Book",
    "551 user does not live here, mailbox not found",
    "550 5.1.1 unknown or illegal alias: ada@reader.example",
    "550 5.1.1 <ada@reader.example>... User unknown",
    "553 5.3.0 <ada@reader.example>... Addressee unknown, relay=[192.0.2.9]",
    "550 Account closed",
    "550 This account has been disabled or discontinued [#102]. - mta",
    "550 5.1.1 ada@reader.example is not a valid mailbox",
    "550 The recipient's mailbox has been deactivated",
    "550 Mailbox does not exist!",
    "550 Benutzer unbekannt",
    "550 Cette adresse n'existe plus",
    "550 Utilisateur inconnu",
    "550 el usuario no existe",
    "550 no user of that name here",
    "550 There is no such user here",
    "550 5.1.1 Mailbox for ada@reader.example is closed",
    "550 #5.1.0 Address rejected ada@reader.example",
    (
        "550 5.1.351 Remote server returned unknown recipient or mailbox unavailable -> 550 5.1.1 "
        "Recipient address rejected"
    ),
    "550 ada@reader.example: this address no longer accepts mail",
    "553 sorry, this recipient is not in my validrcptto list (#5.1.1)",
    "550 5.1.1 <ada@spamfilter.example>: user unknown, said mx.antispam.example",
    "550 5.1.0 - Unknown address error 550-'5.1.1 User unknown'",
    "550 5.1.0 - Unknown address error 550-'Mailbox does not exist'",
]
"""Of Gmail, Outlook and Exchange, Yahoo, GMX, Postfix, Exim, qmail, sendmail, Domino and some gateways."""
SOMETHING_ELSE = [
    (
        "550-5.7.26 This mail has been blocked because the sender is unauthenticated. We require all "
        "senders to authenticate with either SPF or DKIM."
    ),
    "550-5.7.1 [192.0.2.9] Our system has detected that this message is likely unsolicited mail.",
    (
        "550-5.7.1 Our system has detected that this message is likely suspicious due to the very low "
        "reputation of the sending IP address."
    ),
    (
        "552-5.2.2 The email account that you tried to reach is over quota and inactive. Please direct "
        "the recipient to https://support.google.com/mail/?p=OverQuotaPerm"
    ),
    (
        "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents "
        "additional messages from being delivered."
    ),
    "550-5.4.5 Daily user sending limit exceeded.",
    (
        "550 5.7.1 Service unavailable, Client host [192.0.2.9] blocked using Spamhaus. To request "
        "removal from this list see https://www.spamhaus.example/query/ip/192.0.2.9"
    ),
    (
        "550 5.7.1 Unfortunately, messages from [192.0.2.9] weren't sent. Please contact your Internet "
        "service provider since part of their network is on our block list (S3150)."
    ),
    "550 5.1.8 Access denied, bad outbound sender",
    "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
    "550 5.4.1 Recipient address rejected: Access denied",
    "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException",
    "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
    (
        "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.9, because the ip is in "
        "Spamhaus's list"
    ),
    (
        "554 Message not allowed - [PH01] Email not accepted for policy reasons. Please visit "
        "https://postmaster.reader.example/error-codes"
    ),
    (
        "554 delivery error: dd Sorry your message to ada@reader.example cannot be delivered. This "
        "account is over quota."
    ),
    "552 5.2.2 user is over quota",
    "550 5.1.1 <bounces+1@m.example>: Sender address rejected: Domain not found",
    "450 4.1.1 <ada@reader.example>: Recipient address rejected: unverified address",
    "550 Sender verify failed",
    "550-Callout verification failed: 550 No such user here",
    "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)",
    "550 relay not permitted",
    "550 5.7.1 Unable to relay for ada@reader.example",
    "mailbox is full: retry timeout exceeded",
    "retry timeout exceeded",
    "554 5.7.1 Message rejected due to local policy",
    "550 5.1.1 too many messages from you this hour",
    "452 4.2.2 Over quota",
    "550 5.7.1 TRANSFER.DOMAIN; DMARC policy",
    "The account or domain may not exist, they may be blacklisted, or missing the proper dns entries.",
    "550 High probability of spam",
    (
        "554 5.7.1 The message from (<bounces+1@m.example>) with the subject of (x) matches a profile "
        "the Internet community may consider spam"
    ),
    "550 5.1.0 Your IP has been rejected",
    "550 Administrative prohibition - envelope blocked",
    "552 Requested mail action aborted: exceeded storage allocation",
    "550 5.1.0 - Unknown address error 550-'SC-001 Unfortunately, messages from 192.0.2.9 weren't sent'",
    "550 5.1.0 - Unknown address error 550-'5.7.1 access refused by policy'",
    '550 5.1.0 - Unknown address error 552-"5.2.2 mailbox is full"',
    "550 5.1.1 <ada@reader.example> account temporarily suspended",
    "554 5.7.1 <ada@reader.example>: Recipient address rejected: Greylisted",
    "550 5.1.0 domain magazine.example of the sender does not exist",
]


@pytest.mark.parametrize("words", GONE)
@pytest.mark.parametrize("status", ["", "5.0.0", "5.1.1"])
def test_a_dead_mailbox_is_hard_in_whatever_words(status: str, words: str) -> None:
    assert verdict(status, words) is Kind.HARD


@pytest.mark.parametrize("words", SOMETHING_ELSE)
@pytest.mark.parametrize("status", ["", "5.0.0", "5.1.0", "5.1.1"])
def test_words_about_anything_else_are_soft_whatever_the_code(status: str, words: str) -> None:
    assert verdict(status, words) is Kind.SOFT


@pytest.mark.parametrize("words", ["user unknown", "no such user here", "mailbox unavailable", "not found"])
def test_a_code_that_says_for_now_is_soft_whatever_the_words(words: str) -> None:
    assert verdict("", f"450 4.1.1 {words}") is Kind.SOFT
    assert verdict("4.1.1", words) is Kind.SOFT


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *[(status, Kind.HARD) for status in ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")],
        # 5.1.0 is what gateways say of everything.
        *[(status, Kind.SOFT) for status in ("5.1.0", "5.1.7", "5.1.8", "5.2.2", "5.4.4", "5.7.1", "")],
    ],
)
def test_where_the_words_say_nothing_the_code_decides(status: str, kind: Kind) -> None:
    assert verdict(status, "Delivery failed.") is kind


@pytest.mark.parametrize("name", ["sender", "spam-policy", "quota", "blocked"])
def test_names_of_mailboxes_and_hosts_are_no_words(name: str) -> None:
    words = f"host mx.{name}.example[192.0.2.8] said: 550 5.1.1 <{name}@{name}.example>: User unknown"
    assert verdict("5.1.1", words) is Kind.HARD
