"""The text of dovecot.conf for a Dovecot that runs wholly as one unprivileged user, in both of its dialects."""

import grp
from dataclasses import dataclass
from pathlib import Path

from tests.services.sandbox import Account

# The processes that shut themselves into a folder by chroot, which only root may.
CHROOTED = ("anvil", "dns-client", "imap-login", "imap-urlauth-login", "pop3-login", "stats", "submission-login")
CHROOTED_BEFORE_2_4 = ("director", "ipc", "old-stats")

SHARED = """
protocols = imap lmtp
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
auth_mechanisms = plain login
auth_failure_delay = 0
mail_fsync = never
mail_max_userip_connections = 100
first_valid_uid = 1
first_valid_gid = 1
service imap-login {{
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
  }}
}}
service anvil {{
  # without it a wrong password makes every later login from this address wait for seconds
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
service auth {{
  extra_groups =
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""

BEFORE_2_4 = """
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u/Maildir
mail_uid = {user}
mail_gid = {group}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users/%u
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
"""

SINCE_2_4 = """
auth_allow_cleartext = yes
mail_driver = maildir
mail_home = {folder}/mail/%{{user}}
mail_path = ~/Maildir
mail_uid = {user}
mail_gid = {group}
passdb passwd-file {{
  passwd_file_path = {folder}/users/%{{user}}
  default_password_scheme = PLAIN
}}
userdb static {{
}}
"""

# Access tokens: the issuer is asked whether one is good, and whose it is.
TOKENS_BEFORE_2_4 = """
passdb {{
  driver = oauth2
  mechanisms = {token_mechanisms}
  args = {folder}/oauth2.conf
}}
"""

TOKENS_SINCE_2_4 = """
oauth2 {{
  introspection_mode = post
  introspection_url = {introspection_url}
  username_attribute = username
  active_attribute = active
  active_value = true
}}
passdb oauth2 {{
  mechanisms_filter = {token_mechanisms}
}}
"""

TOKENS_FILE = """
introspection_mode = post
introspection_url = {introspection_url}
username_attribute = username
active_attribute = active
active_value = true
"""

TLS_BEFORE_2_4 = "ssl = yes\nssl_cert = <{folder}/certificate.pem\nssl_key = <{folder}/key.pem\n"
TLS_SINCE_2_4 = "ssl = yes\nssl_server_cert_file = {folder}/certificate.pem\nssl_server_key_file = {folder}/key.pem\n"


@dataclass(frozen=True, slots=True)
class Layout:
    """What one private Dovecot has to itself. Port 0 switches a listener off."""

    folder: Path
    account: Account
    imap_port: int
    imaps_port: int
    lmtp_port: int
    introspection_url: str = ""
    token_mechanisms: str = "xoauth2 oauthbearer"


def dovecot_conf(version: str, layout: Layout) -> str:
    """dovecot.conf for a Dovecot of the given version ("2.3.19"); 2.4 renamed most settings."""
    since_2_4 = tuple(int(part) for part in version.split(".")[:2]) >= (2, 4)
    tls = TLS_SINCE_2_4 if since_2_4 else TLS_BEFORE_2_4
    text = (SINCE_2_4 if since_2_4 else BEFORE_2_4) + SHARED + (tls if layout.imaps_port else "ssl = no\n")
    if layout.introspection_url:
        # A token is no password: without this the file of passwords would be asked, and refuse it.
        text = text.replace("driver = passwd-file", "driver = passwd-file\n  mechanisms = plain login")
        text = text.replace("passdb passwd-file {{", "passdb passwd-file {{\n  mechanisms_filter = plain login")
        text = text.replace("auth_mechanisms = plain login", "auth_mechanisms = plain login {token_mechanisms}")
        text += TOKENS_SINCE_2_4 if since_2_4 else TOKENS_BEFORE_2_4
    services = CHROOTED if since_2_4 else CHROOTED + CHROOTED_BEFORE_2_4
    text += "".join(f"service {service} {{{{\n  chroot =\n}}}}\n" for service in services)
    if since_2_4:
        text = f"dovecot_config_version = {version}\ndovecot_storage_version = {version}\n" + text
    return text.format(
        folder=layout.folder,
        user=layout.account.name,
        group=grp.getgrgid(layout.account.gid).gr_name,
        imap_port=layout.imap_port,
        imaps_port=layout.imaps_port,
        lmtp_port=layout.lmtp_port,
        introspection_url=layout.introspection_url,
        token_mechanisms=layout.token_mechanisms,
    )
