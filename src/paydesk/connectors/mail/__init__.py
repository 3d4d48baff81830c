"""Mail as bytes and as values: redacted, read, classified, threaded, written, fetched and sent. No tables.

A message that came goes through these, in this order; none has side effects, and none loses a message:

    clean = redaction.redact_message(raw, salt=salt, is_ours=is_reference)     only clean.raw may be stored
    mail = reading.read_mail(clean.raw, trusted_servers=servers, pictures=address_of, is_ours=is_reference)
    machine = machine_mail.classify(mail, own_addresses=mailboxes)             a person, or what else
    bounce = bounces.read_bounce(clean.raw, mail, machine)                     whom, why, which of our ids
    signs = threads.evidence(mail, signer)                                     signs.proven, else look up
    automatic_answers.may_acknowledge(machine, ...)                            never a storm

Two messages are one if mailbox, `mail.message_id` and `clean.sha256_salted` are. One that goes out:

    signer.message_id(case, event, domain), signer.reply_address(mailbox, case), signer.marker(case, event)
    raw = writing.write_mail(writing.OutboundMail(...))                        dkim.dkim_signed, if need be
    with sending.Sender(server) as sender: sender.send(raw, envelope_from=..., recipients=...)

`fetching.Mailbox` brings mail over IMAP; store the `Place` of the last message with it. `local.LocalMail`
does both in a folder, for a desk that is tried out. What a person
marks later is taken out of the stored bytes by `redaction.remove_passages`. Chat and forms go through
`kernel.card_redaction`.
"""
