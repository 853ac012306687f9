"""A process that tells when the machine stood still: `python -m tests.pauses.watch FOLDER`, until its input ends.

Twenty times a second it writes to a file in FOLDER, waits until the disk has it, and looks at how much of the
processors others took away. Where that takes half a second longer than it should, or half a second's work was taken
away within one second, it prints a line of JSON: from when to when, in seconds of the machine's monotonic clock.
Once it watches, and to each line it is sent, when all pauses until then are told, it prints `null`.
"""

import json
import os
import select
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

TICK_SECONDS = 0.05
PAUSE_SECONDS = 0.5
WINDOW_SECONDS = 1.0
STOLEN = 8  # which word of /proc/stat's first line: time that the host gave to others, in ticks of all processors


def stolen_seconds(stat: Path = Path("/proc/stat")) -> float:
    """How much processor time the host gave to others since the start; 0 where it does not say."""
    try:
        words = stat.read_text().split("\n", 1)[0].split()
    except OSError:
        return 0.0
    return int(words[STOLEN]) / os.sysconf("SC_CLK_TCK") if len(words) > STOLEN else 0.0


def watch(folder: str) -> None:
    """Tell each pause on standard output, until standard input ends."""
    seen = deque([(time.monotonic(), stolen_seconds())])
    tell(None)
    with tempfile.TemporaryFile(dir=folder) as file:
        while True:
            is_asked = bool(select.select([sys.stdin], [], [], TICK_SECONDS)[0])
            if is_asked and not os.read(sys.stdin.fileno(), 1_000):
                return
            os.pwrite(file.fileno(), b"still here", 0)
            os.fsync(file.fileno())
            last = seen[-1][0]
            seen.append((time.monotonic(), stolen_seconds()))
            while len(seen) > 2 and seen[-1][0] - seen[1][0] > WINDOW_SECONDS:
                seen.popleft()
            (first, stolen_before), (now, stolen) = seen[0], seen[-1]
            if now - last - TICK_SECONDS >= PAUSE_SECONDS:
                tell((last, now))
            elif stolen - stolen_before >= PAUSE_SECONDS:
                tell((first, now))
            if is_asked:
                tell(None)


def tell(pause: tuple[float, float] | None) -> None:
    """Print a line."""
    print(json.dumps(pause), flush=True)


if __name__ == "__main__":
    watch(sys.argv[1])
