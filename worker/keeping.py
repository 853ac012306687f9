"""Keeping a lease while the work under it goes on, however long a server takes."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

RENEWALS_A_LEASE = 3
log = logging.getLogger(__name__)


@contextmanager
def kept(renew: Callable[[], object], *, lease_seconds: float) -> Iterator[None]:
    """Calls ``renew`` three times a lease, in a thread of its own, until the end of the `with`: nobody else takes the
    same work meanwhile, and it is free soon after a process that was killed."""
    flask_app, is_over = current_app._get_current_object(), threading.Event()  # type: ignore[attr-defined]  # of a proxy

    def go_on() -> None:
        while not is_over.wait(lease_seconds / RENEWALS_A_LEASE):
            try:
                with flask_app.app_context():
                    renew()
            except SQLAlchemyError as error:
                log.warning("a lease could not be renewed: %s", error)

    thread = threading.Thread(target=go_on, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()  # or it would take again what its holder has just given back
