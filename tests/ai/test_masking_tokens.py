"""Tokens of a known shape go without a label, also codes that are announced behind them; what is like them stays.

Each token is put together here, so that none stands in this file.
"""

import pytest

from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import EVERY_KIND, USUALLY_MASKED, masked

SECRET = frozenset({MaskedKind.SECRET})
CARD = frozenset({MaskedKind.CARD})
HEX = "a1b2c3d4e5f60718"
WORD = "a1B2c3D4e5F6g7H8"
CAPITALS = "A1B2C3D4E5F6G7H8"
TOKENS = {
    "aws": ["ASIA", CAPITALS],
    "google": ["AIza", WORD * 2, "abc"],
    "google client": ["GOCSPX-", WORD, WORD],
    "digitalocean": ["dop_v1_", HEX * 4],
    "databricks": ["dapi", HEX * 2, "-2"],
    "heroku": ["HRKU-", WORD, WORD, "abcd"],
    "pulumi": ["pul-", HEX * 2, "12345678"],
    "vault": ["hvs.", WORD * 2],
    "doppler": ["dp.pt.", WORD * 2],
    "tailscale": ["tskey-auth-", WORD, "-", WORD],
    "cloudflare": ["v1.0-", HEX, "12345678-", HEX * 4],
    "github": ["gho_", WORD * 2],
    "gitlab": ["glpat-", WORD, "abcd"],
    "gitlab, routable": ["glrt-", WORD, "abcd", ".01.0a1b2c3d4"],
    "npm": ["npm_", WORD * 2, "abcd"],
    "pypi": ["pypi-", "AgEIcHlwaS5vcmc", WORD],
    "rubygems": ["rubygems_", HEX * 3],
    "docker": ["dckr_pat_", WORD * 2],
    "sonarqube": ["squ_", HEX * 2, "12345678"],
    "postman": ["PMAK-", HEX, "12345678-", HEX * 2, "12"],
    "openai": ["sk-", "proj-", WORD * 2],
    "hugging face": ["hf_", WORD * 2],
    "groq": ["gsk_", WORD * 3],
    "replicate": ["r8_", WORD * 2, "abcde"],
    "perplexity": ["pplx-", WORD * 3],
    "stripe": ["rk_", "test_", WORD * 2],
    "shopify": ["shpat_", HEX * 2],
    "shopify shared": ["shpss_", HEX * 2],
    "square": ["sq0atp-", WORD, "abcdef"],
    "facebook": ["EAAC", "EdEose0cBA", "1234567890"],
    "slack app": ["xapp-", "1-A0123-456-", WORD],
    "slack rotating": ["xoxe.", "xoxp-", "1-", WORD],
    "twilio": ["SK", HEX * 2],
    "mailgun": ["key-", HEX * 2],
    "mailchimp": [HEX * 2, "-us12"],
    "sendgrid": ["SG.", WORD, "abcdef.", WORD * 2],
    "brevo": ["xkeysib-", HEX * 4, "-", WORD],
    "telegram": ["123456789:", "AA", WORD * 2, "a"],
    "discord": ["M", WORD, "abcdefg", ".", "Abc123", ".", WORD * 2],
    "atlassian": ["ATATT3", WORD * 2, "=1A2B3C4D"],
    "bitbucket": ["ATBB", WORD * 2],
    "figma": ["figd_", WORD],
    "notion": ["ntn_", WORD * 3],
    "notion, older": ["secret_", WORD * 2, "a1B2c3D4e5F"],
    "linear": ["lin_api_", WORD * 2],
    "airtable": ["pat", "a1B2c3D4e5F6g7", ".", HEX * 4],
    "hubspot": ["pat-", "na1-", "a1b2c3d4-a1b2-a1b2-a1b2-a1b2c3d4e5f6"],
    "grafana": ["glsa_", WORD * 2, "_1a2b3c4d"],
    "new relic": ["NRAK-", CAPITALS, "A1B2C3D4E5F"],
    "sentry": ["sntrys_", WORD * 2],
    "dynatrace": ["dt0c01.", CAPITALS, "A1B2C3D4.", CAPITALS * 4],
    "supabase": ["sbp_", HEX * 2, "12345678"],
    "planetscale": ["pscale_tkn_", WORD * 2],
}
CODES = (
    *("G-{} ist Ihr Bestätigungscode", "{} ist dein Amazon-Sicherheitscode", "{} est votre code de vérification"),
    *("{} es tu código de WhatsApp", "{} es su código", "{} è il tuo codice di verifica", "{} é o seu código"),
    *("{} is uw verificatiecode", "{} is je code", "{} to twój kod", "{} is your code", "G-{} is your Google code"),
)
STAYS = (
    *(
        "key-value store",
        "key-account manager",
        "pypi-publish fails",
        "SK Slovan, SK12345678",
        "dp.parser.parse_all_of_it",
    ),
    *(
        "secret_santa_is_coming_to_town_this_year",
        "figd_id",
        "npm_config_registry",
        "hf_token is missing",
        "dapi-docs",
    ),
    *(
        "do_v1_endpoint",
        "glsa_report",
        "pat-na1-region",
        "https://x.example/v1.0-beta",
        "EAA agreement",
        "MAKE.this.work",
    ),
    *("commit a1b2c3d4e5f60718a1b2c3d4e5f60718a1b2c3d4", "md5 a1b2c3d4e5f60718a1b2c3d4e5f60718", "at 12:30:AAA"),
    *("the file 12345678:AA is broken", "shpat_ is the beginning of it", "ATTACHMENT3 of the mail", "NRAK-12"),
    *("10115 est votre code postal", "4711 ist Ihr Ansprechpartner", "2024 is your year", "1234 is the error code"),
    *("4711 ist Ihr neuer Drucker", "12345 es su pedido", "| 4012 | 8888 | 8888 | 1882 |", "4012*8888*8888*1882"),
    *(
        "2*3*4*5 = 120",
        "(1)(2)(3)(4)",
        "| 2023 | 2024 | 2025 | 2026 |",
        "(2024) (2025) (2026) (2027)",
        "4012 | 17 | 3",
    ),
)


@pytest.mark.parametrize("parts", TOKENS.values(), ids=TOKENS)
def test_a_token_of_a_known_shape_goes_without_a_label(parts: list[str]) -> None:
    token = "".join(parts)
    for said in ("Here is {}, please look", '{"a": "{}"}', "{}\n", "({})", "x={}&y=1"):
        assert masked(said.replace("{}", token), SECRET) == said.replace("{}", "[secret]")


@pytest.mark.parametrize("parts", TOKENS.values(), ids=TOKENS)
def test_the_name_alone_stays(parts: list[str]) -> None:
    assert masked(f"It begins with {parts[0]} they say", SECRET) == f"It begins with {parts[0]} they say"


@pytest.mark.parametrize("said", CODES)
def test_a_code_goes_before_the_words_that_say_so(said: str) -> None:
    assert masked(said.format("493021"), SECRET) == said.format("[secret]")


@pytest.mark.parametrize("card", ["4012 | 8888 | 8888 | 1881", "4012*8888*8888*1881", "4012)(8888)(8888)(1881"])
def test_a_card_goes_in_a_row_of_a_table_and_with_signs_between(card: str) -> None:
    assert masked(f"Card ({card}), thanks", CARD) == "Card ([card number]), thanks"
    assert masked(f"| {card} |\n| 12 |", CARD) == "| [card number] |\n| 12 |"


@pytest.mark.parametrize("text", STAYS)
def test_what_only_begins_like_a_token_stays(text: str) -> None:
    assert masked(text, USUALLY_MASKED) == text
    assert masked(text, EVERY_KIND) == text
