"""smtplib, poplib and imaplib: ``mail_clients.py PORT0 ... PORT5 FOLDER``, see mail_server.py."""

import imaplib
import poplib
import smtplib
import ssl

from common import HOST, NUMBERS, TIMEOUT, controls, trusting

SMTP, SMTPS, POP, POPS, IMAP, IMAPS = NUMBERS
LETTER = "Subject: hello\r\n\r\n" + "a line\r\n" * 5_000


def smtp(context: ssl.SSLContext, host: str) -> smtplib.SMTP:
    client = smtplib.SMTP(host, SMTP, timeout=TIMEOUT)
    client.starttls(context=context)
    return client


def smtps(context: ssl.SSLContext, host: str) -> smtplib.SMTP:
    return smtplib.SMTP_SSL(host, SMTPS, context=context, timeout=TIMEOUT)


def pop(context: ssl.SSLContext, host: str) -> poplib.POP3:
    client = poplib.POP3(host, POP, timeout=TIMEOUT)
    client.stls(context)
    return client


def pops(context: ssl.SSLContext, host: str) -> poplib.POP3:
    return poplib.POP3_SSL(host, POPS, context=context, timeout=TIMEOUT)


def imap(context: ssl.SSLContext, host: str) -> imaplib.IMAP4:
    client = imaplib.IMAP4(host, IMAP, timeout=TIMEOUT)
    client.starttls(context)
    return client


def imaps(context: ssl.SSLContext, host: str) -> imaplib.IMAP4:
    return imaplib.IMAP4_SSL(host, IMAPS, ssl_context=context, timeout=TIMEOUT)


for connect in (smtp, smtps):
    with connect(trusting(), HOST) as sender:
        print(connect.__name__, sender.sock.version(), sender.sendmail("a@example.org", ["b@example.org"], LETTER))
    controls(connect)
for connect in (pop, pops):
    reader = connect(trusting(), HOST)
    reader.user("a")
    reader.pass_("secret")
    print(connect.__name__, reader.sock.version(), reader.stat(), len(reader.retr(1)[1]))
    reader.quit()
    controls(connect)
for connect in (imap, imaps):
    with connect(trusting(), HOST) as mailbox:
        mailbox.login("a", "secret")
        print(connect.__name__, mailbox.sock.version(), mailbox.select())
        answer, letters = mailbox.fetch("1", "(RFC822)")
        print(answer, len(letters[0][1]))
    controls(connect)
