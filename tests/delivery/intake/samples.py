"""Reports as servers write them. Whom the returned message was sent from stands in them as OURS."""

from textwrap import dedent

OURS = "bounces+1234-abcdefghijklmnop@meridian.example"


def message(text: str) -> bytes:
    return dedent(text).lstrip().replace("OURS", OURS).encode()


POSTFIX = message("""
    Return-Path: <>
    Received: from mx.reader.example (mx.reader.example [192.0.2.7])
    \tby mail.meridian.example (Postfix) with ESMTPS id 4T1; Tue, 24 Nov 2026 07:00:09 +0000 (UTC)
    Date: Tue, 24 Nov 2026 07:00:08 +0000 (UTC)
    From: MAILER-DAEMON@mx.reader.example (Mail Delivery System)
    Subject: Undelivered Mail Returned to Sender
    To: OURS
    Auto-Submitted: auto-replied
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status; boundary="4T1.1/mx"
    Message-Id: <20261124070008.4T1@mx.reader.example>

    This is a MIME-encapsulated message.

    --4T1.1/mx
    Content-Description: Notification
    Content-Type: text/plain; charset=us-ascii

    This is the mail system at host mx.reader.example.

    I'm sorry to have to inform you that your message could not
    be delivered to one or more recipients. It's attached below.

    <ada@reader.example>: host 192.0.2.8[192.0.2.8] said: 550 5.1.1
        <ada@reader.example>: Recipient address rejected: User unknown
        in virtual mailbox table (in reply to RCPT TO command)

    --4T1.1/mx
    Content-Description: Delivery report
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.reader.example
    X-Postfix-Queue-ID: 4T1
    Arrival-Date: Tue, 24 Nov 2026 07:00:07 +0000 (UTC)

    Final-Recipient: rfc822; ada@reader.example
    Original-Recipient: rfc822;ada@reader.example
    Action: failed
    Status: 5.1.1
    Remote-MTA: dns; 192.0.2.8
    Diagnostic-Code: smtp; 550 5.1.1 <ada@reader.example>: Recipient address
        rejected: User unknown in virtual mailbox table

    --4T1.1/mx
    Content-Description: Undelivered Message Headers
    Content-Type: text/rfc822-headers

    Return-Path: <OURS>
    Subject: The Morning Meridian
    From: The Meridian <letters@meridian.example>
    To: ada@reader.example

    --4T1.1/mx--
    """)

WITHOUT_ORIGINAL = message("""
    Date: Tue, 24 Nov 2026 07:00:08 +0000
    From: postmaster@reader.example
    Subject: Delivery Status Notification (Failure)
    To: OURS
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status; boundary="b"

    --b
    Content-Type: text/plain

    Delivery failed.

    --b
    Content-Type: message/delivery-status

    Reporting-MTA: dns;exchange.reader.example

    Final-Recipient: rfc822;ada@reader.example
    Action: failed
    Status: 5.2.2
    Diagnostic-Code: smtp;552 5.2.2 The mailbox is full; quota exceeded

    --b--
    """)

DELAYED = message("""
    Date: Tue, 24 Nov 2026 11:00:08 +0000
    From: MAILER-DAEMON@mx.reader.example
    Subject: Delayed Mail (still being retried)
    To: OURS
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status; boundary="b"
    Message-Id: <delayed-1@mx.reader.example>

    --b
    Content-Type: text/plain

    YOU DO NOT NEED TO RESEND YOUR MESSAGE.

    --b
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.reader.example

    Final-Recipient: rfc822; ada@reader.example
    Action: delayed
    Status: 4.4.1
    Will-Retry-Until: Sun, 29 Nov 2026 07:00:07 +0000 (UTC)
    Diagnostic-Code: X-Postfix; connect to 192.0.2.8[192.0.2.8]:25: Connection timed out

    --b--
    """)

BEYOND_ASCII = message("""
    Date: Tue, 24 Nov 2026 07:00:08 +0000
    From: postmaster@bücher.example
    Subject: =?utf-8?q?Zur=C3=BCckgewiesen?=
    To: OURS
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status; boundary="b"
    Message-Id: <utf8-1@xn--bcher-kva.example>

    --b
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: 8bit

    Kein Postfach für diese Adresse.

    --b
    Content-Type: message/global-delivery-status

    Reporting-MTA: dns; mx.xn--bcher-kva.example

    Original-Recipient: utf-8; jürgen@bücher.example
    Final-Recipient: utf-8; jürgen@bücher.example
    Action: failed
    Status: 5.1.1
    Diagnostic-Code: smtp; 550 5.1.1 Kein Postfach

    --b--
    """)

LIST_OF_TWO = message("""
    Date: Tue, 24 Nov 2026 07:00:08 +0000
    From: MAILER-DAEMON@lists.halden.example
    Subject: Returned mail
    To: OURS
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status; boundary="b"
    Message-Id: <two-1@lists.halden.example>

    --b
    Content-Type: message/delivery-status

    Reporting-MTA: dns; lists.halden.example

    Final-Recipient: rfc822; first@halden.example
    Action: relayed
    Status: 2.0.0

    Final-Recipient: rfc822; gone@halden.example
    Original-Recipient: rfc822; reading-room@halden.example
    Action: failed
    Status: 5.1.1
    Diagnostic-Code: smtp; 550 5.1.1 no such user

    --b--
    """)

QMAIL = message("""
    Date: 24 Nov 2026 07:00:08 -0000
    From: MAILER-DAEMON@old.reader.example
    To: OURS
    Subject: failure notice

    Hi. This is the qmail-send program at old.reader.example.
    I'm afraid I wasn't able to deliver your message to the following addresses.
    This is a permanent error; I've given up. Sorry it didn't work out.

    <ada@reader.example>:
    Sorry, no mailbox here by that name. (#5.1.1)

    --- Below this line is a copy of the message.

    Return-Path: <OURS>
    Received: (qmail 4412 invoked from network); 24 Nov 2026 07:00:07 -0000
    Subject: The Morning Meridian
    """)

EXIM = message("""
    X-Failed-Recipients: ada@reader.example
    Auto-Submitted: auto-replied
    From: Mail Delivery System <Mailer-Daemon@shared.reader.example>
    To: OURS
    Subject: Mail delivery failed: returning message to sender
    Message-Id: <E1tF-0004@shared.reader.example>
    Date: Tue, 24 Nov 2026 07:00:08 +0000

    This message was created automatically by mail delivery software, Exim 4.96.2.

    A message that you sent could not be delivered to one or more of its
    recipients. This is a permanent error. The following address(es) failed:

      ada@reader.example
        mailbox is full: retry timeout exceeded
    """)

COMPLAINT = message("""
    From: <abuse@webmail.example>
    Date: Tue, 24 Nov 2026 09:12:00 +0000
    Subject: FW: The Morning Meridian
    To: <feedback@meridian.example>
    Message-ID: <fbl-77@webmail.example>
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=feedback-report; boundary="f"

    --f
    Content-Type: text/plain; charset="US-ASCII"

    This is an email abuse report for an email message received from IP 192.0.2.1
    on Tue, 24 Nov 2026 07:00:00 +0000.

    --f
    Content-Type: message/feedback-report

    Feedback-Type: abuse
    User-Agent: Webmail-FBL/2.1
    Version: 1
    Original-Mail-From: <OURS>
    Source-IP: 192.0.2.1
    Reporting-MTA: dns; fbl.webmail.example

    --f
    Content-Type: message/rfc822

    From: The Meridian <letters@meridian.example>
    To: (redacted)
    Subject: The Morning Meridian

    Good morning.
    --f--
    """)

COMPLAINT_WITH_ORIGINAL = message("""
    From: <abuse@webmail.example>
    Date: Tue, 24 Nov 2026 09:12:00 +0000
    Subject: FW: The Morning Meridian
    To: <feedback@meridian.example>
    Message-ID: <fbl-78@webmail.example>
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=feedback-report; boundary="f"

    --f
    Content-Type: message/feedback-report

    Feedback-Type: abuse
    User-Agent: Webmail-FBL/2.1
    Version: 1

    --f
    Content-Type: message/rfc822

    Return-Path: <OURS>
    From: The Meridian <letters@meridian.example>
    Subject: The Morning Meridian

    Good morning.
    --f--
    """)

NOT_SPAM = COMPLAINT.replace(b"Feedback-Type: abuse", b"Feedback-Type: not-spam")

ON_HOLIDAY = message("""
    From: Ada Brandt <ada@reader.example>
    To: OURS
    Subject: Automatic reply: The Morning Meridian
    Auto-Submitted: auto-replied
    Date: Tue, 24 Nov 2026 07:00:20 +0000

    I'm away until Monday. In urgent cases write to my deputy.
    """)
