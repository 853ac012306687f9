"""A private Dovecot."""

import smtplib
from collections.abc import Mapping

from tests.services import programs
from tests.services.dovecot_configuration import TOKENS_FILE, Layout, dovecot_conf
from tests.services.imap import ImapServer
from tests.services.ports import answers, free_port
from tests.services.sandbox import Sandbox


class DovecotServer(ImapServer):
    """A Dovecot on 127.0.0.1: IMAP on `imap_port`, with `tls` IMAPS on `imaps_port`, LMTP on `lmtp_port`.

    With `introspection_url` it takes access tokens too, and asks there whose they are."""

    def __init__(
        self,
        users: Mapping[str, str] | None = None,
        *,
        tls: bool = False,
        introspection_url: str = "",
        token_mechanisms: str = "xoauth2 oauthbearer",
    ):
        self.lmtp_port = free_port()
        self._introspection_url = introspection_url
        self._token_mechanisms = token_mechanisms
        super().__init__(Sandbox("dovecot"), users=users, tls=tls)

    def start(self) -> None:
        """Start (again) on the same ports, with the mailboxes kept."""
        configuration = self._sandbox.folder / "dovecot.conf"
        self._sandbox.start(self._program, "-F", "-c", configuration, ready=self._answers)

    def deliver(self, user: str, raw: bytes, sender: str = "customer@example.com") -> None:
        """Hand a mail over by LMTP, as a mail server does: Dovecot puts trace lines on top of it."""
        with smtplib.LMTP(self.host, self.lmtp_port) as lmtp:
            lmtp.sendmail(sender, user, raw)

    def _configure(self) -> None:
        program = programs.dovecot()
        self._program = self._sandbox.reachable(program)
        self._sandbox.make_folder("run")
        layout = Layout(
            folder=self._sandbox.folder,
            account=self._sandbox.account,
            imap_port=self.imap_port,
            imaps_port=self.imaps_port or 0,
            lmtp_port=self.lmtp_port,
            introspection_url=self._introspection_url,
            token_mechanisms=self._token_mechanisms,
        )
        self._sandbox.write("oauth2.conf", TOKENS_FILE.format(introspection_url=self._introspection_url))
        self._sandbox.write("dovecot.conf", dovecot_conf(program.version(), layout))

    def _write_account(self, user: str) -> None:
        # One file a user: Dovecot looks only once a second whether a file it knows has changed.
        self._sandbox.make_folder("users")
        self._sandbox.write(f"users/{user}", f"{user}:{{PLAIN}}{self.users[user]}\n")

    def _maildir_name(self, user: str) -> str:
        return f"mail/{user}/Maildir"

    def _answers(self) -> bool:
        return answers(self.imap_port, b"* OK") and answers(self.lmtp_port, b"220")
