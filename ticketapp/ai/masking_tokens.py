"""Tokens with a shape of their provider, so that they need no label: mostly a name and a long random part."""

import re

_HEX = "[0-9a-fA-F]"
# Each as its provider documents it; the random part may be shorter, as people cut what they copy.
_SHAPES = (
    # Clouds
    r"A(?:KI|SI|BI|CC)A[0-9A-Z]{16}",
    r"AIza[\w-]{30,}+",
    r"ya29\.[\w-]{20,}+",
    r"GOCSPX-[\w-]{20,}+",
    r"do[opr]_v1_[0-9a-f]{32,}+",
    r"dapi[0-9a-f]{32}(?:-\d)?",
    r"HRKU-[\w-]{30,}+",
    r"pul-[0-9a-f]{40}",
    r"hv[sbr]\.[\w-]{20,}+",
    r"dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{20,}+",
    r"tskey-[a-z]{2,10}-[\w-]{16,}+",
    rf"v1\.0-{_HEX}{{24}}-{_HEX}{{40,}}+",
    # Code and packages
    r"gh[pousr]_\w{30,}+",
    r"github_pat_\w{30,}+",
    r"gl(?:pat|dt|rt|rtr|ptt|cbt|soat|ft|imt|agent|oas)-[\w-]{20,}+(?:\.[\w-]{2,20}){0,3}",
    r"npm_\w{36}",
    r"pypi-Ag[\w-]{14,}+",
    r"rubygems_[0-9a-f]{48}",
    r"dckr_(?:pat|oat)_[\w-]{20,}+",
    r"sq[apu]_[0-9a-f]{40}",
    r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
    # Models
    r"(?:sk|pk|rk)[-_][\w-]{20,}+",
    r"hf_[A-Za-z0-9]{20,}+",
    r"(?:gsk|r8)_[A-Za-z0-9]{30,}+",
    r"pplx-[A-Za-z0-9]{40,}+",
    # Payment and shops
    r"whsec_[\w+/=-]{16,}+",
    rf"shp(?:at|ca|pa|ss|tka)_{_HEX}{{16,}}+",
    r"sq0(?:atp|csp|idp)-[\w-]{20,}+",
    r"EAA(?=[A-Za-z]{0,60}\d)[A-Za-z0-9_-]{20,}+",
    # Messages and mail
    r"xox[abceoprs](?:\.xox[bp])?-[\w-]{10,}+",
    r"xapp-\d-[\w-]{10,}+",
    r"xwfp-[\w-]{10,}+",
    r"SK[0-9a-f]{32}",
    r"key-[0-9a-f]{32}",
    r"[0-9a-f]{32}-us\d{1,2}",
    r"SG\.[\w-]{16,64}\.[\w-]{16,}+",
    r"x(?:keysib|smtpsib)-[0-9a-f]{40,}+(?:-\w{10,})?",
    r"\d{8,10}:AA[\w-]{33}",
    r"[MNO][A-Za-z\d_-]{23,27}\.[\w-]{6}\.[\w-]{27,}+",
    # Work together, and watch
    r"AT(?:ATT3|CTT3)[\w=-]{20,}+",
    r"ATBB[\w=-]{20,}+",
    r"figd_[\w-]{16,}+",
    r"ntn_[A-Za-z0-9]{30,}+",
    r"secret_[A-Za-z0-9]{43}",
    r"lin_(?:api|oauth)_[A-Za-z0-9]{20,}+",
    r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}",
    r"pat-(?:na|eu)\d-[0-9a-f-]{36}",
    r"gl(?:c|sa)_[\w+/=-]{20,}+",
    r"NRAK-[A-Z0-9]{27}",
    r"sntry[su]_[\w+/=-]{20,}+",
    r"dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}",
    r"sbp_[0-9a-f]{40}",
    r"pscale_(?:tkn|pw|oauth)_[\w.=-]{20,}+",
    # Our own
    r"tkt_[\w-]{16,}+",
)

KNOWN_TOKEN = re.compile(rf"(?<![\w-])(?P<secret>{'|'.join(_SHAPES)})(?![\w-])", re.ASCII)
