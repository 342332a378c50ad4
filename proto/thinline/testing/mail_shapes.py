"""The shapes of mails: for each a template in raw bytes, and beside it what a reader has to find.

Templates are written by hand as the mail programs of the world write them. `Draw` varies names, texts and files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from types import MappingProxyType
from typing import TypeAlias

from thinline.testing.mail_draw import Draw, MailSample
from thinline.testing.mail_texts import CHARSETS, Charset, base64_lines, encoded_words, quoted_printable

__all__ = ["SHAPES"]

Shape: TypeAlias = Callable[[Draw], MailSample]
_SUBJECTS = (
    "Dinner on Friday", "The keys", "Re: minutes of the last meeting", "Fwd: photographs", "(no subject)", "Your order",
    "Grüße aus København", "Привет", "会議について", "Łódź i okolice", "Question about the green tent and the lamps",
    "A rather long subject that says nearly all there is to say, so that its reader need not open the mail at all",
)  # fmt: skip
_UTF8 = CHARSETS[0]


def _subject(draw: Draw) -> str:
    return draw.one(_SUBJECTS)


def _part(kind: str, text: str, *, fields: str = "") -> bytes:
    """A text in UTF-8, quoted-printable."""
    head = f"Content-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n{fields}\n"
    return head.encode() + quoted_printable(text.encode())


def plain(draw: Draw) -> MailSample:
    """What a terminal's mail program sends: no MIME, lines of 72."""
    paragraphs = draw.paragraphs()
    draw.say("Hello Bob,", *paragraphs, "Yours", "--", "sent from a terminal")
    body = "\n\n".join(["Hello Bob,", *map(draw.wrapped, paragraphs), "Yours\n-- \nsent from a terminal\n"])
    return draw.mail(_subject(draw), b"\n" + body.encode(), end=draw.chance.choice((b"\r\n", b"\r\n", b"\n")))


def charset(draw: Draw) -> MailSample:
    """A text in one of the world's charsets, in one of three encodings, its subject likewise."""
    written = draw.chance.choice(CHARSETS)
    lines = [draw.one(written.sentences) for _ in range(draw.chance.randint(2, 8))]
    draw.say(*lines)
    data = "\n".join(lines).encode(written.codec)
    seven = written.codec == "iso2022_jp"
    encoding = draw.one(("7bit",) if seven else ("8bit", "base64", "quoted-printable"))
    coded = {"base64": base64_lines, "quoted-printable": quoted_printable}.get(encoding, bytes)(data)
    head = f'Content-Type: text/plain; charset="{written.label}"\nContent-Transfer-Encoding: {encoding}\n\n'
    subject = lines[0][:40].strip()
    return _with_subject(draw, subject, written, head.encode() + coded + b"\n")


def _with_subject(draw: Draw, subject: str, written: Charset, content: bytes) -> MailSample:
    """A mail whose subject is in a charset of its own."""
    placed = "the subject stands here"
    sample = draw.mail(placed, content)
    words = encoded_words(subject, written, draw.chance.random() < 0.5).replace("\n", "\r\n")
    raw = sample.raw.replace(f"Subject: {placed}".encode(), f"Subject: {words}".encode(), 1)
    return MailSample(**{**{name: getattr(sample, name) for name in sample.__slots__}, "raw": raw, "subject": subject})


def flowed(draw: Draw) -> MailSample:
    """format=flowed: lines that go on end with a space, and those that begin with one or with From are stuffed."""
    paragraphs = draw.paragraphs()
    quoted = draw.sentences(2)
    stuffed = "From here on it is easy."
    draw.say("Carol wrote:", quoted, *paragraphs, stuffed, "> 5 is what we need", "--", "Carol")
    soft = [draw.wrapped(one).replace("\n", " \n") for one in paragraphs]
    quote = "> " + draw.wrapped(quoted).replace("\n", " \n> ")
    body = "\n\n".join(["Carol wrote:\n" + quote, *soft, f" {stuffed}\n > 5 is what we need\n-- \nCarol\n"])
    return draw.mail(_subject(draw), b"Content-Type: text/plain; charset=us-ascii; format=flowed\n\n" + body.encode())


def answer(draw: Draw) -> MailSample:
    """An answer below what it answers, quoted twice."""
    draw.replies = True
    first, second, mine = draw.sentences(2), draw.sentences(3), draw.paragraphs(2)
    draw.say("On Monday Bob wrote:", first, second, *mine)
    older = "\n".join(f">> {line}" for line in draw.wrapped(first).split("\n"))
    old = "\n".join(f"> {line}" for line in draw.wrapped(second).split("\n"))
    body = "\n\n".join([f"On Monday Bob wrote:\n{older}\n>\n{old}", *map(draw.wrapped, mine)]) + "\n"
    return draw.mail("Re: " + _subject(draw), b"Content-Type: text/plain; charset=utf-8\n\n" + body.encode())


def _html(draw: Draw, paragraphs: list[str], link: str) -> str:
    """What a mail program makes of a letter: each line a div."""
    draw.html = True
    draw.links.append(link)
    divs = "<div><br></div>".join(f"<div>{escape(one)}</div>" for one in paragraphs)
    plan = f'<p>See <a href="{escape(link)}">the <b>plan</b></a>.</p>'
    return f"<html><head><style>p {{margin:0}}</style></head><body>{divs}{plan}</body></html>"


def _link(draw: Draw) -> str:
    return f"https://example.org/{draw.chance.randbytes(6).hex()}?a=1&b={draw.number}"


def alternative(draw: Draw) -> MailSample:
    """The same in plain text and in HTML, which is shown."""
    paragraphs, link = draw.paragraphs(), _link(draw)
    text = "\n\n".join([*map(draw.wrapped, paragraphs), f"See the plan ({link}).\n"])
    html = _html(draw, paragraphs, link)
    draw.say(*paragraphs, "See the plan.")
    head = f'Content-Type: multipart/alternative; boundary="{draw.boundary}"\n\n'
    content = draw.multipart(_part("text/plain", text), _part("text/html", html), preamble=b"This is MIME.\n\n")
    return draw.mail(_subject(draw), head.encode() + content)


def newsletter(draw: Draw) -> MailSample:
    """HTML alone, as a shop sends it: tables in tables, what is hidden, a counter of one pixel, a table of prices."""
    link, leave = _link(draw), _link(draw)
    teasers = [(draw.sentences(1), draw.sentences(3)) for _ in range(draw.chance.randint(2, 6))]
    prices = [(f"Lamp {letter}", f"{draw.chance.randint(10, 99)}.50") for letter in "ABC"]
    rows = "".join(
        f'<tr><td style="padding:12px 24px;font-family:Arial,sans-serif;font-size:16px"><h2>{escape(title)}</h2>'
        f"<p>{escape(text)}</p></td></tr>"
        for title, text in teasers
    )
    listed = "".join(f"<tr><td>{name}</td><td align=right>{price}</td></tr>" for name, price in prices)
    html = f"""<!DOCTYPE html><html><head><title>News</title><style>td {{color:#333}}</style>
<!--[if mso]><xml><o:PixelsPerInch>96</o:PixelsPerInch></xml><![endif]--></head>
<body><div style="display:none;max-height:0">Hidden before the mail &zwnj;&nbsp;</div>
<table width="100%" cellpadding="0"><tr><td align="center"><table width="600"><tr><td>
<img src="https://cdn.example.com/logo.png" width="200" alt="Harbour Lamps"><h1>News of the week</h1></td></tr>{rows}
<tr><td><table border="1"><tr><th>Lamp</th><th>Price</th></tr>{listed}</table>
<ul><li>Free delivery</li><li>30 days to think</li></ul>
<a href="{escape(link)}" style="background:#06c">Buy now</a></td></tr>
<tr><td><small>You have this since you asked for it. <a href="{escape(leave)}">Leave</a></small>
<img src="https://count.example.com/{draw.number}.gif" width="1" height="1" alt="count"></td></tr></table></td></tr>
</table><script>document.write("nothing")</script></body></html>"""
    draw.html = True
    draw.links += [link, leave]
    draw.say("[Harbour Lamps] News of the week", *(text for teaser in teasers for text in teaser), "Lamp Price")
    draw.say(*(f"{name} {price}" for name, price in prices), "Free delivery 30 days to think Buy now")
    draw.say("You have this since you asked for it. Leave")
    return draw.mail("News of the week", _part("text/html", html), {"List-Unsubscribe": "<mailto:leave@example.com>"})


def related(draw: Draw) -> MailSample:
    """HTML with a picture of the same mail in it."""
    draw.html = True
    name = f"face{draw.number}@example.org"
    data = draw.data(b"\x89PNG\r\n\x1a\n", 1_000, 6_000)
    sentence = draw.sentences()
    html = _part("text/html", f'<p>{escape(sentence)}<br><img src="cid:{name}" alt="my face" width="90"></p>')
    head = f'Content-Type: image/png; name="face.png"\nContent-ID: <{name}>\nContent-Disposition: inline\n'
    picture = f"{head}Content-Transfer-Encoding: base64\n\n".encode() + base64_lines(data)
    draw.file("face.png", "image/png", data)
    draw.say(sentence, "[my face]")
    kind = f'Content-Type: multipart/related; type="text/html"; boundary={draw.boundary.replace("=", "")}\n\n'
    content = draw.multipart(html, picture, boundary=draw.boundary.replace("=", ""))
    return draw.mail(_subject(draw), kind.encode() + content)


def mixed(draw: Draw) -> MailSample:
    """A text and files, whose names are written in each of the ways in use."""
    paragraphs = draw.paragraphs(2)
    draw.say(*paragraphs)
    first = draw.attachment()
    notes = "\n".join([draw.one(_UTF8.sentences), draw.sentences(1)]) + "\n"
    name, field = draw.chance.choice(
        (
            ("notes.txt", 'filename="notes.txt"'),
            ("Grüße & mehr.txt", "filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%26%20mehr.txt"),
            ("Grüße.txt", 'filename="=?utf-8?Q?Gr=C3=BC=C3=9Fe.txt?="'),
            ("a long name in pieces.txt", 'filename*0="a long name";\n filename*1=" in pieces.txt"'),
        )
    )
    # The lines of an encoded text end as they do in the mail.
    draw.file(name, "text/plain", notes.replace("\n", "\r\n").encode().removesuffix(b"\r\n"))
    second = _part("text/plain", notes, fields=f"Content-Disposition: attachment;\n {field}\n")
    text = _part("text/plain", "\n\n".join(map(draw.wrapped, paragraphs)))
    kind = f'Content-Type: multipart/mixed;\n boundary="{draw.boundary}"\n\n'
    return draw.mail(_subject(draw), kind.encode() + draw.multipart(text, first, second))


def forwarded(draw: Draw) -> MailSample:
    """A mail in a mail, with a file of its own."""
    mine, theirs = draw.sentences(1), draw.paragraphs(2)
    draw.say(mine, "From: Carol Oakley <carol.oakley@example.com>", "Date: Tue, 1 Sep 2026 10:00:00 +0200")
    draw.say("To: alice@example.org", "Subject: old news", *theirs)
    inner = f"{draw.boundary}/inner"
    file = draw.attachment()
    message = (
        "From: Carol Oakley <carol.oakley@example.com>\nDate: Tue, 1 Sep 2026 10:00:00 +0200\nTo: alice@example.org\n"
        f'Subject: old news\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="{inner}"\n\n'
    ).encode() + draw.multipart(_part("text/plain", "\n\n".join(map(draw.wrapped, theirs))), file, boundary=inner)
    draw.file("old news.eml", "message/rfc822", message.removesuffix(b"\n").replace(b"\n", b"\r\n"))
    kind = f'Content-Type: multipart/mixed; boundary="{draw.boundary}"\n\n'.encode()
    wrapper = b"Content-Type: message/rfc822\nContent-Disposition: inline\n\n" + message
    return draw.mail("Fwd: old news", kind + draw.multipart(_part("text/plain", mine), wrapper))


def invitation(draw: Draw) -> MailSample:
    """A calendar's invitation: text, and iCalendar beside it."""
    draw.invites = True
    sentence = draw.sentences(1)
    draw.say("You are invited:", sentence, "Invitation: Dinner, at seven")
    draw.say("When: 2026-11-24 18:00 UTC to 2026-11-24 19:00 UTC Where: Harbour 4 By: alice@example.org")
    event = (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example//EN\nMETHOD:REQUEST\nBEGIN:VEVENT\n"
        f"UID:{draw.number}@example.org\nDTSTAMP:20260901T000000Z\nDTSTART:20261124T180000Z\nDTEND:20261124T190000Z\n"
        "SUMMARY:Dinner\\, at seven\nLOCATION:Harbour 4\nORGANIZER:mailto:alice@example.org\n"
        "ATTENDEE;RSVP=TRUE:mailto:bob@thinline.test\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    draw.file("invitation.ics", "text/calendar", event.replace("\n", "\r\n").removesuffix("\r\n").encode())
    text = _part("text/plain", f"You are invited:\n\n{draw.wrapped(sentence)}")
    calendar = b"Content-Type: text/calendar; charset=utf-8; method=REQUEST\n\n" + event.encode()
    kind = f'Content-Type: multipart/alternative; boundary="{draw.boundary}"\n\n'
    return draw.mail("Invitation: Dinner", kind.encode() + draw.multipart(text, calendar))


def signed(draw: Draw) -> MailSample:
    """Signed, by OpenPGP or S/MIME; nobody here can tell whether rightly."""
    paragraphs = draw.paragraphs(2)
    draw.say(*paragraphs)
    text = b"Content-Type: text/plain\n\n" + "\n\n".join(map(draw.wrapped, paragraphs)).encode()
    armour = base64_lines(draw.data(b"", 300, 600))
    if draw.chance.random() < 0.5:
        draw.signed, protocol, name = "OpenPGP", "application/pgp-signature", "signature.asc"
        armour = b"-----BEGIN PGP SIGNATURE-----\n\n" + armour + b"-----END PGP SIGNATURE-----\n"
        encoding = "7bit"
    else:
        draw.signed, protocol, name, encoding = "S/MIME", "application/pkcs7-signature", "smime.p7s", "base64"
    head = f"Content-Type: {protocol}; name={name}\nContent-Transfer-Encoding: {encoding}\n\n"
    kind = f'Content-Type: multipart/signed; micalg=sha256; protocol="{protocol}";\n boundary="{draw.boundary}"\n\n'
    return draw.mail(_subject(draw), kind.encode() + draw.multipart(text, head.encode() + armour))


def bounce(draw: Draw) -> MailSample:
    """What could not be delivered, as a mail server says it (RFC 3464)."""
    lost = f"nobody{draw.number}@example.net"
    draw.bounced = (lost,)
    draw.say("I am sorry, but your mail was not delivered.", f"{lost}: failed (5.1.1): smtp; 550 no such user here")
    text = b"\nI am sorry, but your mail was not delivered.\n"
    status = (
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n"
        "Arrival-Date: Tue, 1 Sep 2026 10:00:00 +0200\n\n"
        f"Final-Recipient: rfc822; {lost}\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 no such user\n here\n"
    ).encode()
    original = f"Content-Type: text/rfc822-headers\n\nFrom: bob@thinline.test\nTo: {lost}\nSubject: hello\n"
    headers = original.partition("\n\n")[2].replace("\n", "\r\n").removesuffix("\r\n").encode()
    draw.file("text.rfc822-headers", "text/rfc822-headers", headers)
    kind = f'Content-Type: multipart/report; report-type=delivery-status;\n boundary="{draw.boundary}"\n\n'
    content = draw.multipart(text, status, original.encode())
    return draw.mail("Undelivered mail", kind.encode() + content, {"Auto-Submitted": "auto-replied"})


def listed(draw: Draw) -> MailSample:
    """From a mailing list, which puts its own lines behind the text."""
    draw.replies = True
    paragraphs = draw.paragraphs(3)
    footer = "_______________________________________________\nchoir mailing list\nchoir@example.org"
    draw.say(*paragraphs, footer)
    kind = f'Content-Type: multipart/mixed; boundary="{draw.boundary}"\n\n'
    text = _part("text/plain", "\n\n".join(map(draw.wrapped, paragraphs)))
    behind = b'Content-Type: text/plain; charset="us-ascii"\nContent-Disposition: inline\n\n' + footer.encode()
    content = draw.multipart(text, behind)
    return draw.mail("[choir] " + _subject(draw), kind.encode() + content, {"List-Id": "<choir.example.org>"})


def nested(draw: Draw) -> MailSample:
    """What a large mail program sends: mixed(related(alternative(text, html), picture), file)."""
    paragraphs, link = draw.paragraphs(), _link(draw)
    outer, middle, inner = (f"----=_Part_{level}_{draw.boundary}" for level in range(3))
    html = _html(draw, paragraphs, link).replace("</p>", '<img src="cid:sun@example.org" alt=""></p>')
    draw.say(*paragraphs, "See the plan.")
    data = draw.data(b"GIF89a", 500, 3_000)
    head = "Content-Type: image/gif\nContent-ID: <sun@example.org>\nContent-Transfer-Encoding: base64\n\n"
    draw.file("image.gif", "image/gif", data)
    texts = draw.multipart(_part("text/plain", "\n\n".join(paragraphs)), _part("text/html", html), boundary=inner)
    related_parts = draw.multipart(
        f'Content-Type: multipart/alternative; boundary="{inner}"\n\n'.encode() + texts,
        head.encode() + base64_lines(data),
        boundary=middle,
    )
    content = draw.multipart(
        f'Content-Type: multipart/related; boundary="{middle}"\n\n'.encode() + related_parts,
        draw.attachment(),
        boundary=outer,
    )
    return draw.mail(_subject(draw), f'Content-Type: multipart/mixed;\n\tboundary="{outer}"\n\n'.encode() + content)


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        shape.__name__: shape
        for shape in (
            plain, charset, flowed, answer, alternative, newsletter, related, mixed, forwarded, invitation, signed,
            bounce, listed, nested,
        )
    }
)  # fmt: skip
