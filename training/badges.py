"""A certificate as an Open Badge: a credential that other systems keep, show and check by themselves.

Open Badges 3.0 (https://www.imsglobal.org/spec/ob/v3p0), an OpenBadgeCredential in the data model of Verifiable Credentials 2.0, signed as a JSON Web
Token (section 8.2: RS256, the key named by an address). It holds what the certificate says and nothing else. What was taken back or erased later shows in a
Bitstring Status List (https://www.w3.org/TR/vc-bitstring-status-list/): one bit for each number of a completion, of which nobody learns whose it is.
"""

import base64
import gzip
import hashlib
import json
import uuid
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from training.certificates import Certificate, standing_of
from training.models import Completion
from workbench.privacy import badgekeys

_CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
_COUNTS = ("held", "renewed")
#: The least length of a status list, and its steps, in bits: a list tells nobody how many there are.
_BITS = 131_072
_CACHED = 60


def can_be_badge(certificate: Certificate) -> bool:
    """While it counts, and where there is a key to sign with."""
    return certificate.standing in _COUNTS and _keys() is not None


def badge(certificate: Certificate, base: str) -> str:
    """The certificate as a signed badge, in the language of the path. ``base``: where the workbench is reached, without a slash at the end."""
    done = certificate.completion
    with translation.override(done.language):
        path, passed = str(done.path), [f"{one.title} ({_('version %d') % one.number})" for one in certificate.passed]
        criteria = _("Every exercise of the learning path was passed: %s.") % "; ".join(passed)
        about, check = done.path.about_it, _("Whether the certificate still counts")
    # Made from the 128 bits of the code, so nobody gets from here to there.
    number = uuid.uuid5(uuid.NAMESPACE_URL, f"{base}{certificate.check_path}")
    subject = {
        "id": uuid.uuid5(number, "holder").urn, "type": ["AchievementSubject"],
        "identifier": [{"type": "IdentityObject", "hashed": False, "identityType": "name", "identityHash": certificate.name}],
        "achievement": {
            "id": uuid.uuid5(uuid.NAMESPACE_URL, f"{base}/{done.path.slug}/{done.language}").urn, "type": ["Achievement"], "achievementType": "Certificate",
            "name": path, "description": about, "criteria": {"narrative": criteria}, "inLanguage": done.language,
        },
    }  # fmt: skip
    status = f"{base}{reverse('training:badge_status')}"
    credential = {
        "@context": [_CREDENTIALS, _BADGES], "id": number.urn, "type": ["VerifiableCredential", "OpenBadgeCredential"], "name": path,
        "issuer": issuer(base), "validFrom": _moment(done.at), "credentialSubject": subject,
        "evidence": [{"id": f"{base}{certificate.check_path}", "type": ["Evidence"], "name": check}],
        "credentialStatus": {
            "id": f"{status}#{done.pk}", "type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": str(done.pk), "statusListCredential": status,
        },
    }  # fmt: skip
    if certificate.until is not None:
        credential["validUntil"] = _moment(certificate.until)
    return _signed(credential, base, done.at, certificate.until)


def issuer(base: str) -> dict[str, Any]:
    """Who signs: the organisation, under an address of the workbench."""
    return {
        "id": f"{base}{reverse('training:badge_issuer')}", "type": ["Profile"], "name": settings.WORKBENCH_ORG_NAME or "Sales AI Workbench", "url": base
    }  # fmt: skip


def public_key(name: str) -> dict[str, str] | None:
    """The public key of that name as JSON Web Key (RFC 7517), or None. One that does not sign any more is there as long as it is in the file."""
    keys = _keys()
    return next((_jwk(key) for key in keys.public if _name(key) == name), None) if keys else None


def status_list(base: str) -> str | None:
    """Which badges do not count any more though their time is not over, as a signed list; None without a key. Made anew once a minute."""
    if _keys() is None:
        return None
    return str(cache.get_or_set(f"training.badges.status:{base}", lambda: _status_list(base), _CACHED))


def _status_list(base: str) -> str:
    ended = Q(qualification=None) | Q(qualification__revoked_at__isnull=False) | Q(learner__erased_at__isnull=False)
    highest = Completion.objects.aggregate(highest=Max("pk"))["highest"] or 0
    bits = bytearray(_BITS * (highest // _BITS + 1) // 8)
    for one in Completion.objects.for_certificates().filter(ended).defer("versions"):
        if standing_of(one)[0] not in _COUNTS:
            bits[one.pk // 8] |= 0x80 >> one.pk % 8  # The first bit of all is the leftmost.
    now, address = timezone.now(), f"{base}{reverse('training:badge_status')}"
    credential = {
        "@context": [_CREDENTIALS], "id": address, "type": ["VerifiableCredential", "BitstringStatusListCredential"], "issuer": issuer(base)["id"],
        "validFrom": _moment(now),
        "credentialSubject": {
            "id": f"{address}#list", "type": "BitstringStatusList", "statusPurpose": "revocation", "encodedList": f"u{_base64(gzip.compress(bytes(bits), mtime=0))}",
        },
    }  # fmt: skip
    return _signed(credential, base, now, None)


def _signed(credential: dict[str, Any], base: str, since: datetime, until: datetime | None) -> str:
    keys = badgekeys.current()
    who = credential["issuer"]
    claims = credential | {
        "iss": who["id"] if isinstance(who, dict) else who, "jti": credential["id"], "sub": credential["credentialSubject"]["id"], "nbf": int(since.timestamp())
    }  # fmt: skip
    if until is not None:
        claims["exp"] = int(until.timestamp())
    address = f"{base}{reverse('training:badge_key', args=[_name(keys.public[0])])}"
    return jwt.encode(claims, keys.signer, algorithm="RS256", headers={"kid": address})


def _keys() -> badgekeys.BadgeKeys | None:
    try:
        return badgekeys.current()
    except ImproperlyConfigured:
        return None


def _jwk(key: RSAPublicKey) -> dict[str, str]:
    numbers = key.public_numbers()
    return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e), "alg": "RS256", "use": "sig"}


def _name(key: RSAPublicKey) -> str:
    """The thumbprint of a key (RFC 7638)."""
    required = {name: _jwk(key)[name] for name in ("e", "kty", "n")}
    return _base64(hashlib.sha256(json.dumps(required, separators=(",", ":")).encode()).digest())


def _number(value: int) -> str:
    return _base64(value.to_bytes((value.bit_length() + 7) // 8))


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _moment(moment: datetime) -> str:
    """To the second, as in the claims beside it."""
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")
