"""The proof that a payer got what they paid for, sent to a provider that asks for the money back."""

from paydesk.writers.proof_of_value.pdf import write_pdf
from paydesk.writers.proof_of_value.values import BoughtLine, ProofOfValue

__all__ = ["BoughtLine", "ProofOfValue", "write_pdf"]
