"""What somebody wrote is shown without what it quotes, and never less than what they wrote."""

from __future__ import annotations

import pytest

from paydesk.connectors.mail.replies import reply_of

QUOTE = "> Hello,\n> which reference did you get?"


@pytest.mark.parametrize(
    "head",
    [
        "On Mon, 3 Aug 2026 at 08:55, Help <help@help.example> wrote:",
        "On Mon, 3 Aug 2026 at 08:55, Help <help@help.example>\nwrote:",
        "Am Mo., 3. Aug. 2026 um 08:55 Uhr schrieb Hilfe <hilfe@help.example>:",
        "Le lun. 3 août 2026 à 08:55, Aide <aide@help.example> a écrit :",
        "Em seg., 3 de ago. de 2026 às 08:55, Ajuda <ajuda@help.example> escreveu:",
        "El lun, 3 ago 2026 a las 8:55, Ayuda (<ayuda@help.example>) escribió:",
        "Il giorno lun 3 ago 2026 alle ore 08:55 Aiuto <aiuto@help.example> ha scritto:",
        "Op ma 3 aug 2026 om 08:55 schreef Hulp <hulp@help.example>:",
        "Mnamo Jtt, 3 Ago 2026 saa 08:55 Msaada <msaada@help.example> aliandika:",
        "-----Original Message-----",
        "________________________________\nVon: Hilfe\nGesendet: Montag\nAn: Ama\nBetreff: Zahlung\n",
        "De : Aide\nEnvoyé : lundi\nÀ : Ama\nObjet : Paiement\n",
        "From: Help\nSent: Monday\nTo: Ama\nSubject: Payment\n",
        "De: Ajuda\nEnviado: segunda\nPara: Ama\nAssunto: Pagamento\n",
    ],
)
def test_the_quote_below_an_answer_is_left_out(head: str) -> None:
    answer = "I paid 120.00 with MP240803.0912.\n\nAma"
    assert reply_of(f"{answer}\n\n{head}\n{QUOTE}\n") == (answer, True)


@pytest.mark.parametrize(
    "text",
    [
        "On 3 Aug I paid 120 and John wrote:\nit failed. Please check.",
        f"On Mon, 3 Aug 2026, Help <help@help.example> wrote:\n{QUOTE}\n0244000001\n> How much?\n120",
        f"{QUOTE}\n\nIt is MP240803.",
        f"Answers below.\n\nOn Mon, 3 Aug 2026, Help <help@help.example> wrote:\n{QUOTE}\nMP240803\n",
        "From: Accra\nTo: Kumasi\nthe bus ticket was paid twice",
        "Paid.\n\nOn Monday the agent wrote:\n" + "and then I waited and nothing happened. " * 20,
        "Hello", "", "\n\n", QUOTE,
    ],
)  # fmt: skip
def test_where_leaving_out_would_be_a_guess_all_is_shown(text: str) -> None:
    assert reply_of(text) == (text, False)


def test_a_short_answer_over_a_long_quote_with_a_head_stays_short() -> None:
    head = "From: Help\nSent: Monday\nTo: Ama\nSubject: Payment\n\n"
    assert reply_of("Yes.\n\n" + head + "Do you confirm it? " * 100) == ("Yes.", True)
    assert reply_of("Yes.\n\nSent from my iPhone\n\n" + QUOTE)[0] == "Yes.\n\nSent from my iPhone"
