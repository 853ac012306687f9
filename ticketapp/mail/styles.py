"""Style attributes reduced to declarations that can neither load, run nor cover anything."""

import re

_LONGEST = 10_000
_ALLOWED = re.compile(
    r"(?:color|background(?:-color)?|font(?:-family|-size|-style|-weight|-variant)?|line-height|letter-spacing|word-spacing"
    r"|text-(?:align|decoration|indent|transform)|vertical-align|white-space|direction|display|float|clear"
    r"|width|height|max-width|min-width|max-height|min-height|border-collapse|border-spacing|table-layout|caption-side"
    r"|list-style(?:-type|-position)?|empty-cells|word-(?:break|wrap)|overflow-wrap"
    r"|(?:margin|padding)(?:-(?:top|right|bottom|left))?"
    r"|border(?:-(?:top|right|bottom|left))?(?:-(?:color|style|width|radius))?)$"
)
_HARMLESS = re.compile(r"[\w\s#%.,()'\"+!-]{1,300}$")
_FORBIDDEN = re.compile(r"url|expression|image|element|script|behavio|binding|import|fixed|absolute|sticky|\\", re.I)
# Computed lengths would hide a sign, and every other function loads or looks something up.
_FUNCTION = re.compile(r"(?<!rgb)(?<!rgba)(?<!hsl)(?<!hsla)\(", re.I)
_MOVED_BY_MINUS = ("margin", "text-indent", "letter-spacing", "word-spacing")
_NEGATIVE = re.compile(r"(?:^|[\s,(])-[.\d]")


def safe_style(style: str) -> str:
    """The declarations of a style attribute that only format text and boxes; empty where none is left."""
    if "\\" in style or "/*" in style or "<" in style:
        return ""
    kept = []
    for declaration in style[:_LONGEST].split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        if _ALLOWED.match(name) and _is_harmless(name, value):
            kept.append(f"{name}: {value}")
    return "; ".join(kept)


def _is_harmless(name: str, value: str) -> bool:
    if not _HARMLESS.match(value) or _FORBIDDEN.search(value) or _FUNCTION.search(value):
        return False
    if value.count('"') % 2 or value.count("'") % 2:
        return False
    return not (name.startswith(_MOVED_BY_MINUS) and _NEGATIVE.search(value))
