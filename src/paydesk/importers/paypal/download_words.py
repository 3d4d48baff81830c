"""Column names, statuses and kinds in PayPal's activity downloads, in the languages we know them in."""

from __future__ import annotations

from paydesk.importers.records import Kind, Status

# English, then Spanish, German and French as integrations of others list them.
DATE = ("Date", "Fecha", "Datum")
TIME = ("Time", "Hora", "Uhrzeit", "Heure")
ZONE = ("TimeZone", "Time Zone", "Zona horaria", "Zeitzone", "Fuseau horaire")
NAME = ("Name", "Nombre", "Nom")
TYPE = ("Type", "Description", "Tipo", "Descripción", "Typ", "Beschreibung")
STATUS = ("Status", "Estado", "État", "Etat")
CURRENCY = ("Currency", "Divisa", "Moneda", "Währung", "Devise")
GROSS = ("Gross", "Bruto", "Importe bruto", "Brutto", "Avant commission", "Brut")
FEE = ("Fee", "Fees", "Comisión", "Tarifa", "Tarifas", "Gebühr", "Gebühren", "Entgelt", "Commission")
NET = ("Net", "Neto", "Importe neto", "Netto")
BALANCE = ("Balance", "Saldo", "Guthaben", "Solde")
TRANSACTION = (
    "Transaction ID", "Id. de transacción", "Identificador de la transacción", "Id. de la transacción",
    "Transaktionscode", "Numéro de transaction",
)  # fmt: skip
RELATED = (
    "Reference Txn ID", "Id. de referencia de la transacción", "Id. de la transacción de referencia",
    "Zugehöriger Transaktionscode", "Numéro de la transaction de référence",
)  # fmt: skip
INVOICE = (
    "Invoice Number", "Invoice ID", "Número de factura", "Id. de factura", "Rechnungsnummer",
    "Numéro de facture", "Numéro de client",
)  # fmt: skip
CUSTOM = ("Custom Number", "Número personalizado", "Individueller Code")
FROM_EMAIL = (
    "From Email Address", "Correo electrónico del remitente", "Absender E-Mail-Adresse",
    "Adresse email de l'expéditeur", "De l'adresse email",
)  # fmt: skip
TO_EMAIL = (
    "To Email Address", "Correo electrónico del destinatario", "Empfänger E-Mail-Adresse",
    "À l'adresse email", "Adresse email du destinataire",
)  # fmt: skip
SUBJECT = ("Subject", "Item Title", "Asunto", "Betreff", "Objet")
IMPACT = ("Balance Impact", "Impacto en el saldo", "Auswirkung auf Guthaben")
BANK = ("Bank Name", "Nombre del banco", "Name der Bank", "Nom de la banque")

# The first phrase that stands in the type, as words of its own, decides.
KINDS: tuple[tuple[str, Kind], ...] = (
    ("chargeback fee", "fee"), ("dispute fee", "fee"), ("chargeback", "chargeback"),
    ("contracargo", "chargeback"), ("hold", "reserve"), ("reserve", "reserve"), ("release", "reserve"),
    ("retención", "reserve"), ("einbehaltung", "reserve"),
    ("general currency conversion", "conversion"), ("currency conversion", "conversion"),
    ("conversión de divisa", "conversion"), ("währungsumrechnung", "conversion"),
    ("conversion de devise", "conversion"),
    ("authorization", "notice"), ("autorización", "notice"), ("money request", "notice"),
    ("request sent", "notice"), ("request received", "notice"), ("invoice sent", "notice"),
    ("order", "notice"),
    ("refund", "refund"), ("reembolso", "refund"), ("rückzahlung", "refund"), ("remboursement", "refund"),
    ("fee", "fee"), ("tarifa", "fee"), ("gebühr", "fee"), ("commission", "fee"),
    ("reversal", "reversal"), ("cancelación", "reversal"), ("rückbuchung", "reversal"),
    ("annulation", "reversal"),
    ("withdrawal", "sweep"), ("withdraw funds", "sweep"), ("transfer to bank", "sweep"),
    ("retirada", "sweep"), ("retiro", "sweep"), ("abbuchung", "sweep"), ("virement vers", "sweep"),
    ("bank deposit", "float_transfer"), ("add funds", "float_transfer"),
    ("general deposit", "float_transfer"),
    ("depósito", "float_transfer"), ("bankgutschrift", "float_transfer"),
    ("general card deposit", "float_transfer"), ("account correction", "adjustment"),
    ("adjustment", "adjustment"), ("interest", "adjustment"), ("bonus", "adjustment"),
    ("mass pay", "payout"), ("payout", "payout"),
)  # fmt: skip
STATUSES: dict[str, Status] = {
    "completed": "success", "complete": "success", "cleared": "success", "refunded": "success",
    "partially refunded": "success", "reversed": "success", "returned": "success", "paid": "success",
    "placed": "success", "held": "success", "updated": "success", "completado": "success",
    "completada": "success", "reembolsado": "success", "abgeschlossen": "success", "terminé": "success",
    "effectué": "success",
    "pending": "pending", "uncleared": "pending", "unclaimed": "pending", "processing": "pending",
    "on hold": "pending", "pendiente": "pending", "offen": "pending", "en attente": "pending",
    "denied": "failed", "failed": "failed", "canceled": "failed", "cancelled": "failed",
    "expired": "failed", "voided": "failed", "removed": "failed", "rejected": "failed",
    "denegado": "failed", "cancelado": "failed", "storniert": "failed", "abgelehnt": "failed",
    "refusé": "failed", "annulé": "failed",
}  # fmt: skip
