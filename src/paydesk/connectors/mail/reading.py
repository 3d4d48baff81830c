"""A message as bytes becomes values. Any bytes give a message: what cannot be read is kept and said."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from html import escape

from paydesk.connectors.mail.bodies import Leaf, attachment_of, leaves_of
from paydesk.connectors.mail.calendars import invitation_in
from paydesk.connectors.mail.charsets import decoded
from paydesk.connectors.mail.covers import CardData
from paydesk.connectors.mail.fields import addresses, fields_of, first, message_ids, moment, text_of
from paydesk.connectors.mail.html_redaction import redact_html
from paydesk.connectors.mail.html_text import bare_text, text_of_html
from paydesk.connectors.mail.messages import (
    Address,
    Attachment,
    Authentication,
    Enclosed,
    Fields,
    InboundMail,
    Limits,
)
from paydesk.connectors.mail.parts import head_of, structure_of
from paydesk.connectors.mail.replies import reply_of
from paydesk.connectors.mail.safe_html import PictureAddress, nothing, safe_html
from paydesk.connectors.mail.trust import authentication_of, control_of, spam_of
from paydesk.kernel.card_redaction import IsOurs, nothing_is_ours, redact_text

Trusts = Callable[[Authentication, Address | None], bool]
_PLACEHOLDERS = 200  # a plain text shorter than this may only say that the message is in HTML


def nobody(_: Authentication, __: Address | None) -> bool:
    """Lets no sender steer the desk."""
    return False


def read_mail(
    raw: bytes,
    *,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    trusted_servers: Collection[str] = (),
    may_steer: Trusts = nobody,
    pictures: PictureAddress = nothing,
    remote: PictureAddress = nothing,
    is_ours: IsOurs = nothing_is_ours,
) -> InboundMail:
    """What the message `raw` says. Never raises: a message that cannot be read has its head, its size and a
    sentence in `troubles`, and the caller keeps `raw`.

    Give it bytes that are redacted already; what hides from that (a charset that lies) is covered here,
    `is_ours` as there. `trusted_servers` are the names our own mail servers sign their
    Authentication-Results with; `may_steer` says whose X- fields may steer the desk; `pictures` gives the
    address to show an enclosed picture from, by its content id. Remote pictures are left out unless `remote`
    gives the address of a proxy: read the stored bytes again with it once a person asked for them.
    """
    sha256 = hashlib.sha256(raw).hexdigest()
    head = _head(raw, limits)
    troubles: list[str] = []
    if not head:
        troubles.append("The message has no head: no sender, no subject, no date.")
    try:
        body = _Body(raw, limits, (pictures, remote), is_ours, troubles)
    except Exception as problem:  # a stranger's bytes; nothing of what they do may lose the message
        body = None
        troubles.append(f"The message could not be read ({type(problem).__name__}); it is kept as it came.")
    authentication = authentication_of(head, trusted_servers)
    senders = addresses(head, "from")
    if sum(name == "from" for name, _ in head) > 1 or len({each.key for each in senders}) > 1:
        troubles.append("The message names more than one sender; the first was taken and may be made up.")
    control, rejected = control_of(head, trusted=may_steer(authentication, senders[0] if senders else None))
    own_id, is_made = _own_id(head, sha256)
    text = body.text if body else ""
    return InboundMail(
        sha256=sha256,
        size=len(raw),
        message_id=own_id,
        message_id_made=is_made,
        in_reply_to=message_ids(head, "in-reply-to", most=limits.most_references),
        references=message_ids(head, "references", most=limits.most_references),
        from_address=senders[0] if senders else None,
        sender=next(iter(addresses(head, "sender")), None),
        reply_to=addresses(head, "reply-to"),
        to=addresses(head, "to"),
        cc=addresses(head, "cc"),
        delivered_to=_delivered_to(head),
        return_path=_return_path(head),
        subject=redact_text(text_of(first(head, "subject"))[:1000], is_ours=is_ours).text,
        sent_at=moment(first(head, "date")),
        received_at=moment(first(head, "received").rpartition(";")[2]),
        text=text,
        reply_text=reply_of(text)[0],
        html=body.html if body else "",
        remote_pictures=body.remote_pictures if body else 0,
        attachments=tuple(body.attachments) if body else (),
        enclosed=tuple(body.enclosed) if body else (),
        invitations=tuple(body.invitations) if body else (),
        authentication=authentication,
        spam=spam_of(head),
        control=control,
        control_rejected=rejected,
        fields=head,
        troubles=tuple(dict.fromkeys(troubles)),
    )


def own_id_of(raw: bytes, *, limits: Limits = Limits()) -> str:  # noqa: B008 - frozen
    """The `message_id` that `read_mail` gives this message, from its head alone."""
    return _own_id(_head(raw, limits), hashlib.sha256(raw).hexdigest())[0]


def _own_id(head: Fields, sha256: str) -> tuple[str, bool]:
    """The id a message bears, or one made from its bytes, and whether it was made."""
    ids = message_ids(head, "message-id", most=5)
    return (ids[0], False) if ids else (f"<{sha256[:40]}@no-id.invalid>", True)


def _head(raw: bytes, limits: Limits) -> Fields:
    head = head_of(raw[: limits.head_bytes])
    return fields_of(head, most_bytes=limits.head_bytes, most_chars=limits.field_chars)


def _delivered_to(head: Fields) -> tuple[str, ...]:
    names = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
    found = [each.key for name in names for each in addresses(head, name)]
    return tuple(dict.fromkeys(found))


def _return_path(head: Fields) -> str | None:
    values = [value for name, value in head if name == "return-path"]
    if not values:
        return None
    return "" if values[0].strip() in ("<>", "") else values[0].strip().strip("<>").lower()[:320]


def _is_text_with_a_name(leaf: Leaf) -> bool:
    """Old programs give the text itself a file name."""
    return leaf.content_type in ("text/plain", "text/html") and leaf.disposition != "attachment"


class _Body:
    """The parts of a message, gone through once."""

    def __init__(
        self,
        raw: bytes,
        limits: Limits,
        pictures: tuple[PictureAddress, PictureAddress],
        is_ours: IsOurs,
        troubles: list[str],
    ) -> None:
        self.limits, self.pictures, self.is_ours, self.troubles = limits, pictures, is_ours, troubles
        self.attachments: list[Attachment] = []
        self.enclosed: list[Enclosed] = []
        self.text = self.html = ""
        self.remote_pictures = 0
        if len(raw) > limits.most_bytes:
            most = f"{limits.most_bytes:,}"
            troubles.append(f"The message has {len(raw):,} bytes, more than the {most} that are read.")
            raw = raw[: limits.most_bytes]
        structure = structure_of(raw)
        beyond = structure.first_beyond(most_parts=limits.most_parts, deepest=limits.deepest)
        if beyond is not None:
            count = sum(1 for part in structure.parts if part.kind != "between")
            troubles.append(
                f"The message has {count:,} parts, {structure.depth:,} deep; the first {limits.most_parts:,} "
                f"down to level {limits.deepest} were read. The raw copy holds all."
            )
            structure = structure_of(raw[:beyond])
            raw = raw[:beyond]
        texts: dict[int, list[Leaf]] = {}
        files: list[Leaf] = []
        for leaf in leaves_of(raw, structure, limits):
            if leaf.trouble:
                troubles.append(leaf.trouble)
            if leaf.is_text:
                texts.setdefault(leaf.group, []).append(leaf)
            elif leaf.data:
                files.append(leaf)
        if not texts and files and _is_text_with_a_name(files[0]):
            texts[0] = [files.pop(0)]
        shown = self._texts(list(texts.values()))
        self.attachments = [attachment_of(leaf, number, shown) for number, leaf in enumerate(files, 1)]
        self.invitations = [
            found
            for each in self.attachments
            if each.kind == "calendar" and (found := invitation_in(decoded(each.data, "utf-8")[0]))
        ]
        self._enclosed()

    def _texts(self, groups: list[list[Leaf]]) -> frozenset[str]:
        """Text and HTML of the message; the content ids of pictures that its HTML shows."""
        texts, pages = [], []
        ids: frozenset[str] = frozenset()
        has_html = any(leaf.content_type == "text/html" for group in groups for leaf in group)
        for group in groups:
            plain = "\n".join(self._decoded(leaf) for leaf in group if leaf.content_type == "text/plain")
            pages_of_group = [leaf for leaf in group if leaf.content_type == "text/html"]
            written = len(plain.strip())
            page, page_text, found = self._page(pages_of_group, with_text=written < _PLACEHOLDERS)
            ids |= found
            texts.append(page_text if page_text.strip() and written * 4 < len(page_text) else plain)
            if has_html:
                pages.append(page or f"<pre>{escape(plain)}</pre>" if page or plain.strip() else "")
        text = self._cut("\n".join(texts), self.limits.text_chars)
        self.text = redact_text(text, is_ours=self.is_ours).text.strip("\n")
        self.html = "\n<hr>\n".join(page for page in pages if page)
        return ids

    def _page(self, leaves: list[Leaf], *, with_text: bool) -> tuple[str, str, frozenset[str]]:
        if not leaves:
            return "", "", frozenset()
        html = self._cut("\n".join(self._decoded(leaf) for leaf in leaves), self.limits.html_chars)
        if self.troubles:  # it was not what it says: what was looked for in its bytes is looked for again
            html = redact_html(html, CardData(self.is_ours)).text
        enclosed, remote = self.pictures
        safe = safe_html(html, enclosed=enclosed, remote=remote)
        if safe.too_deep:
            self.troubles.append("The HTML nests too deep to be shown; its text was read.")
            return "", bare_text(html), frozenset()
        self.remote_pictures += safe.remote_pictures
        return safe.html, text_of_html(safe.html) if with_text else "", safe.content_ids

    def _decoded(self, leaf: Leaf) -> str:
        text, trouble = decoded(leaf.data, leaf.charset, html=leaf.content_type == "text/html")
        if trouble:
            self.troubles.append(trouble)
        return text

    def _cut(self, text: str, most: int) -> str:
        if len(text) <= most:
            return text
        self.troubles.append(f"The text has {len(text):,} characters; the first {most:,} were read.")
        return text[:most]

    def _enclosed(self) -> None:
        for each in self.attachments:
            if each.kind == "tnef":
                self.troubles.append(
                    "Outlook packed the attachments into winmail.dat (TNEF); it is kept and not opened. "
                    "Ask the sender to send them as plain text or HTML."
                )
            elif each.kind == "encrypted":
                self.troubles.append("The message is encrypted; it is kept and cannot be read here.")
            elif each.kind == "message" or each.content_type == "text/rfc822-headers":
                head = _head(each.data, self.limits)
                senders = addresses(head, "from")
                self.enclosed.append(
                    Enclosed(
                        next(iter(message_ids(head, "message-id", most=5)), ""),
                        redact_text(text_of(first(head, "subject"))[:1000], is_ours=self.is_ours).text,
                        senders[0].address if senders else "",
                        message_ids(head, "references", most=self.limits.most_references),
                    )
                )
