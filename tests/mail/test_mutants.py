"""Damaged copies of every fixture are still read into something that can be stored."""

import random

import pytest

from tests.mail.fixtures import NAMES, raw
from tests.mail.invariants import check
from ticketapp.mail import reading


def mutants(data: bytes, seed: int) -> list[bytes]:
    """Cut, flipped, doubled, shuffled and stripped copies; the same seed gives the same copies."""
    dice = random.Random(seed)
    flipped = bytearray(data)
    for _ in range(max(3, len(data) // 50)):
        flipped[dice.randrange(len(data))] = dice.randrange(256)
    lines = data.splitlines(keepends=True)
    shuffled = lines[:]
    dice.shuffle(shuffled)
    cut = dice.randrange(len(data))
    return [
        data[:cut],
        data[cut:],
        bytes(flipped),
        b"".join(line * 2 for line in lines),
        b"".join(shuffled),
        b"".join(line for line in lines if not line.startswith(b"--")),
        b"".join(line for line in lines if line.strip()),
        data.replace(b"\n", b""),
        data.replace(b"\n", b"\n\x00"),
        data.replace(b"utf-8", dice.choice([b"utf-16", b"zlib_codec", b"undefined", b"\xff", b"utf-7", b"hz"])),
        data.replace(b'"', b""),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_damaged_copies_are_read_without_falling_back(name: str) -> None:
    for mutant in mutants(raw(name), len(name)):
        check(reading.read(mutant))
