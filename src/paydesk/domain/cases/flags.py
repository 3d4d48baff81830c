"""What must not wait, found by words in what somebody wrote: a lawyer, a regulator, harm to themselves.

English, French and Swahili, as the desk speaks. Words that footers of mails bear ("legally privileged") are
none; a name of a regulator counts where they say that they turn to it. A person who sees more takes a
flag off under Sort; only a new message brings it back.
"""

from __future__ import annotations

import re
import unicodedata

MOST_READ = 20_000
_TURN = (
    r"(?:report|complain\w*|petition\w*|escalat\w+|lodge\w*|go(?:ing)? to|writ\w+ to|tak\w+ (?:this|it|you)|"
    r"contact\w*)"
)
_BODIES = (
    r"(?:bank of ghana|bog|central bank|cbk|cbn|fccpc|data protection (?:commission|authority|office)|"
    r"competition (?:authority|commission)|consumer (?:protection|rights) \w+|"
    r"financial (?:conduct|services) authority|communications authority)"
)
_LEGAL = (
    r"\b(?:my|our|a|the) (?:lawyer|solicitor|attorney|advocate|legal team|legal counsel)s?\b",
    r"\blawyers?\b.{0,40}\b(?:contact|letter|hear|sue|court)",
    r"\b(?:take|taking|pursu(?:e|ing)|seek|seeking|start|starting|begin|face|with) "
    r"legal (?:action|steps|advice|proceedings|redress)",
    r"\b(?:i'll|i will|we'll|we will|will|going to) sue\b",
    r"\bsu(?:e|ing) (?:you|your \w+|paydesk)\b",
    r"\bsee you in court",
    r"\b(?:take|taking|drag|dragging|meet) (?:you|this|it|the matter|paydesk)\b.{0,20}\b(?:court|tribunal)",
    r"\bsmall claims\b|\bletter before (?:action|claim)\b|\bdemand (?:letter|notice)\b",
    r"\b(?:mon|mes) avocats?\b|\bport(?:er|e|erai) plainte|\ben justice\b|\bau tribunal\b",
    r"\bpoursuites? judiciaires?|\bmise en demeure",
    r"\bwakili (?:wangu|wetu)\b|\bmahakamani\b|\b(?:nita|tuta|na|ku)washtaki\b",
)
_AUTHORITY = (
    r"\bombuds(?:man|person|woman)?\b|\b(?:the|your|a) regulators?\b",
    rf"\b{_TURN}\b.{{0,60}}\b{_BODIES}\b",
    rf"\b{_BODIES}\b.{{0,40}}\b(?:will hear|complaint against|about you)",
    r"\bmediateur\b.{0,30}\b(?:saisi|financ|banc)",
    r"\bsaisi\w*\b.{0,40}\b(?:bceao|banque centrale|mediateur|autorite)",
    r"\b(?:nitaripoti|nitawaripoti|nitalalamika|tutaripoti)\b.{0,60}\b(?:benki kuu|mamlaka|cbk)",
)
_DANGER = (
    r"\b(?:kill|hurt|harm|hang|poison) (?:myself|my self)\b|\b(?:end|ending|take|taking) my (?:own )?life\b",
    r"\bsuicid(?:e|al)\b|\b(?:do not|don'?t) want to (?:live|be alive)\b",
    r"\bno (?:reason|point) (?:to|in) liv(?:e|ing)\b",
    r"\bme (?:suicider|tuer|pendre)\b|\bmettre fin a (?:mes jours|ma vie)\b|\bplus envie de vivre\b",
    r"\b(?:nitajiua|najiua|kujiua|nijiue|kujitoa uhai)\b",
)
# By the harm of a case that they speak of; see rules.HARMS.
_FLAGS = {
    "legal": re.compile("|".join(_LEGAL)),
    "authority": re.compile("|".join(_AUTHORITY)),
    "vulnerable": re.compile("|".join(_DANGER)),
}


def flags_in(text: str) -> list[str]:
    """Harms that these words speak of, in the order of their names; empty for nearly every text."""
    plain = _plain(text)
    return sorted(name for name, words in _FLAGS.items() if words.search(plain))


def _plain(text: str) -> str:
    """Small letters without accents, one blank between words, the beginning of a long text."""
    letters = unicodedata.normalize("NFKD", text[:MOST_READ].lower().replace("’", "'"))
    return " ".join("".join(each for each in letters if not unicodedata.combining(each)).split())
