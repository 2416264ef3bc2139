"""A recording is used only on a basis that the policy names: who asks says which one."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from policies.control_points.base import Given, Kind, Param, Params, Place

#: Bases of Article 6(1) GDPR as a sales team meets them: (a) consent, (b) contract, (f) legitimate interests.
BASES = {
    "consent": _("Everybody on the call agreed to the recording and its use"),
    "contract": _("Agreed in the contract with this customer"),
    "legitimate_interest": _("Legitimate interest, weighed and written down"),
}


def gate(given: Given, params: Params) -> str:
    """A filled transcript needs one of the bases."""
    recorded = any(kind == "transcript" and given.inputs.get(name, "").strip() for name, kind in given.kinds.items())
    if not recorded or given.consent in params.get("bases", BASES):
        return ""
    return gettext("Say on which basis this recording may be used. Without one it does not leave; your text is kept.")


KIND = Kind(
    "consent", Place.BEFORE, _("Basis for recordings"), _("Whoever hands in a transcript says why it may be used"), "mic",
    params=(Param("bases", _("bases"), {"type": "array", "items": {"enum": list(BASES)}, "minItems": 1, "uniqueItems": True}, default=list(BASES), choices=BASES),),
    gate=gate,
)  # fmt: skip
