"""A process that tells when the machine stood still: `python -m tests.pauses.watch FOLDER`, until its input ends.

Twenty times a second it writes to a file in FOLDER, waits until the disk has it, and looks at how much of the
processors others took away. Where that takes half a second longer than it should, or half a second's work was taken
away within one second, it prints a line of JSON: from when to when, in seconds of the machine's monotonic clock.
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
    with tempfile.TemporaryFile(dir=folder) as file:
        while not select.select([sys.stdin], [], [], TICK_SECONDS)[0]:
            os.pwrite(file.fileno(), b"still here", 0)
            os.fsync(file.fileno())
            last = seen[-1][0]
            seen.append((time.monotonic(), stolen_seconds()))
            while len(seen) > 2 and seen[-1][0] - seen[1][0] > WINDOW_SECONDS:
                seen.popleft()
            (first, stolen_before), (now, stolen) = seen[0], seen[-1]
            if now - last - TICK_SECONDS >= PAUSE_SECONDS:
                print(json.dumps([last, now]), flush=True)
            elif stolen - stolen_before >= PAUSE_SECONDS:
                print(json.dumps([first, now]), flush=True)


if __name__ == "__main__":
    watch(sys.argv[1])
