"""The corpus of hostile HTML: what strangers put in mails to run, load, navigate, ask, cover or confuse.

Harm is written as ``alert(1)`` and as requests to ``evil.example``: whoever watches puts a canary in their place.
"""

from tests.mail import xss_addresses, xss_markup

_IMAGE = "<img src=x onerror=alert(1)>"

VECTORS = (
    *xss_markup.SCRIPTS,
    *xss_markup.HANDLERS,
    *xss_markup.MUTATIONS,
    *xss_markup.COMMENTS,
    *xss_addresses.LINKS,
    *xss_addresses.LOADING,
    *xss_addresses.STYLES,
    *xss_addresses.OVERLAYS,
    *xss_addresses.ASKING,
)

# Bytes that turn into markup only under the charset they are declared in.
BYTES = (
    ("utf-7", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-"),
    ("utf-7", b"+ADw-img src=x onerror=alert(1)+AD4-"),
    ("unicode-1-1-utf-7", b"+ADw-img src=x onerror=alert(1)+AD4-"),
    ("utf-16", _IMAGE.encode("utf-16")),
    ("utf-16le", _IMAGE.encode("utf-16-le")),
    ("utf-16be", _IMAGE.encode("utf-16-be")),
    ("utf-32", _IMAGE.encode("utf-32")),
    ("us-ascii", b"\xff\xfe" + _IMAGE.encode("utf-16-le")),
    ("us-ascii", b"\xbcscript\xbealert(1)\xbc/script\xbe"),
    ("utf-8", b"\xef\xbb\xbf<script>alert(1)</script>"),
    ("utf-8", b"\xc0\xbcscript\xc0\xbealert(1)\xc0\xbc/script\xc0\xbe"),
    ("utf-8", b'<img alt=\xc2"" src=x onerror=alert(1)>'),
    ("gb2312", b"<img alt='\x81'' src=x onerror=alert(1)>"),
    ("shift_jis", b'<img alt="\x81" title=" src=x onerror=alert(1) x=">'),
    ("big5", b"<img alt='\xa1' src=x onerror=alert(1)>"),
    ("iso-2022-jp", b"<img alt='\x1b$B' src=x onerror=alert(1) '\x1b(B'>"),
    ("iso-2022-jp", b"<scr\x1b(Bipt>alert(1)</scr\x1b(Bipt>"),
    ("iso-2022-kr", b"\x1b$)C<img alt='\x0e!!\x0f' src=x onerror=alert(1)>"),
    ("hz", b"<img alt='~{' src=x onerror=alert(1) x='~}'>"),
    ("hz", b"<scr~\nipt>alert(1)</scr~\nipt>"),
    ("cp037", _IMAGE.encode("cp037")),
    ("x-user-defined", _IMAGE.encode()),
    ("x-unknown", _IMAGE.encode()),
)
