"""Mail as bytes and as values: redacted, read, classified, threaded, written, fetched and sent. No tables.

What a caller does with a message that came, in this order (each step is a function without side effects):

    clean = redaction.redact_message(raw, salt=..., is_ours=...)   before anything is stored
    mail = reading.read_mail(clean.raw, ...)                       what it says
    machine_mail.classify(mail, ...), bounces.read_bounce(clean.raw)   who or what wrote it
    threads.evidence(mail, ...)                                    which case it proves to belong to

and with one that goes out: `writing.write_mail`, then `sending.Sender`. `fetching.Mailbox` reads over IMAP.
"""
