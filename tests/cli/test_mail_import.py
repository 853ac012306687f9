"""flask mail import: files become tickets through the ledger, once."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.app_fixtures import MakeApp
from tests.cli.running import run
from tests.letters import letter, letter_with_file
from ticketapp.actions import ledger
from ticketapp.actions.ledger import SeenMail
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import Attachment, InboundMail, MailSighting, MailState, Message, Ticket
from ticketapp.queries import ledger as ledger_queries

FROM = b"From jo@customer.example Mon Nov  2 08:30:00 2026\n"
HEAD = "From: Jo Doe <jo@customer.example>\nTo: support@example.com\n"


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def mbox(path: Path, *mails: bytes) -> Path:
    return write(path, b"".join(FROM + mail.rstrip(b"\n") + b"\n\n" for mail in mails))


def titles(app: APIFlask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Ticket.title).order_by(Ticket.id)))


def rows(app: APIFlask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def arrivals(app: APIFlask) -> list[datetime]:
    with app.app_context():
        return list(db.session.scalars(select(Ticket.created_at).order_by(Ticket.id)))


def test_an_mbox_becomes_tickets_and_twice_changes_nothing(make_app: MakeApp, tmp_path: Path) -> None:
    app, path = make_app(mail_batch=2), mbox(tmp_path / "old", *(letter(f"Mail {n}") for n in range(5)))
    first = run(app, "mail", "import", path)
    assert first.stdout == "5 recorded, 5 tickets, 0 messages, 0 set aside, 0 quarantined, 0 known already\n"
    assert titles(app) == [f"Mail {n}" for n in range(5)]
    before = [rows(app, model) for model in (InboundMail, MailSighting, Ticket, Message)]
    again = run(app, "mail", "import", path)
    assert again.stdout == "0 recorded, 0 tickets, 0 messages, 0 set aside, 0 quarantined, 5 known already\n"
    assert [rows(app, model) for model in (InboundMail, MailSighting, Ticket, Message)] == before == [5, 5, 5, 5]


def test_each_kind_of_mail_is_counted_as_what_became_of_it(app: APIFlask, tmp_path: Path) -> None:
    first = letter("Broken", message_id="<1@customer.example>")
    path = mbox(
        tmp_path / "all.mbox",
        first,
        letter("Re: Broken", In_Reply_To="<1@customer.example>"),
        letter("Away", Auto_Submitted="auto-replied"),
        first,
        letter_with_file(b"x" * 9_000),
    )
    done = run(app, "mail", "import", path)
    assert done.stdout == "4 recorded, 2 tickets, 1 messages, 1 set aside, 0 quarantined, 1 known already\n"
    assert rows(app, Attachment) == 1


def test_maildirs_single_files_and_folders_are_told_apart(app: APIFlask, tmp_path: Path) -> None:
    write(tmp_path / "Maildir/cur/1793000000.M1P1.host:2,S", letter("Read"))
    write(tmp_path / "Maildir/new/1793000001.M1P1.host", letter("Unread"))
    write(tmp_path / "Maildir/tmp/1793000002.M1P1.host", letter("Half delivered"))
    write(tmp_path / "folder/a.eml", letter("In a folder"))
    write(tmp_path / "folder/notes.txt", b"no mail")
    single = write(tmp_path / "single.eml", FROM + letter("Alone") + b"\n" + FROM + b"is no mail of its own\n")
    bare = write(tmp_path / "bare", letter("No ending"))
    done = run(app, "mail", "import", tmp_path / "Maildir", tmp_path / "folder", single, bare)
    assert done.exit_code == 1
    assert done.stderr == f"Error: {tmp_path}/folder/notes.txt is neither an .eml file nor an mbox.\n"
    assert sorted(titles(app)) == ["Alone", "In a folder", "No ending", "Read", "Unread"]


def test_what_a_folder_holds_inside_is_taken_too(app: APIFlask, tmp_path: Path) -> None:
    old = tmp_path / "old"
    write(old / "a.eml", letter("Single"))
    write(old / "2025/deep/b.EML", letter("Deep"))
    write(old / "2025/empty/.keep", b"").unlink()
    mbox(old / "2025/old", letter("In an mbox"))
    write(old / "2025/marked", b"\xef\xbb\xbf" + FROM + letter("One") + b"\n" + FROM + letter("Two"))
    write(old / "Maildir/cur/1793000000.M1P1.host:2,S", letter("Inbox"))
    write(old / "Maildir/tmp/1793000002.M1P1.host", letter("Half delivered"))
    write(old / "Maildir/maildirsize", b"1S\n")
    write(old / "Maildir/.Sent/new/1793000001.M1P1.host", letter("Sent"))
    done = run(app, "mail", "import", old)
    assert (done.exit_code, done.stderr) == (0, "")
    assert sorted(titles(app)) == ["Deep", "In an mbox", "Inbox", "One", "Sent", "Single", "Two"]


def test_what_a_folder_holds_that_is_no_mail_is_named(app: APIFlask, tmp_path: Path) -> None:
    old = tmp_path / "old"
    write(old / "a.eml", letter("Single"))
    write(old / "sub/1", letter("No ending"))
    (old / "sub" / "round").symlink_to(old)
    os.mkfifo(old / "sub" / "pipe")
    done = run(app, "mail", "import", old)
    assert done.exit_code == 1
    assert sorted(done.stderr.splitlines()) == [
        f"Error: {old}/sub/1 is neither an .eml file nor an mbox.",
        f"Error: {old}/sub/pipe is no file.",
        f"Error: {old}/sub/round is a link to a folder, which is not followed.",
    ]
    assert titles(app) == ["Single"]


def test_a_file_imported_alone_is_known_when_its_folder_is_imported(app: APIFlask, tmp_path: Path) -> None:
    path = write(tmp_path / "folder/a.eml", letter("Once"))
    run(app, "mail", "import", path)
    assert run(app, "mail", "import", tmp_path / "folder").stdout.endswith(" 1 known already\n")
    assert titles(app) == ["Once"]


def test_single_files_are_taken_in_the_order_in_which_they_were_written(app: APIFlask, tmp_path: Path) -> None:
    later = write(
        tmp_path / "a.eml",
        f"{HEAD}Subject: Re: Old\nDate: Wed, 4 Nov 2026 10:00:00 +0100\nIn-Reply-To: <o@c.example>\n\nyes\n".encode(),
    )
    earlier = write(
        tmp_path / "b.eml",
        f"{HEAD}Subject: Old\nDate: Tue, 3 Nov 2026 10:00:00 +0100\nMessage-ID: <o@c.example>\n\nwell?\n".encode(),
    )
    done = run(app, "mail", "import", later, earlier)
    assert done.stdout == "2 recorded, 1 tickets, 1 messages, 0 set aside, 0 quarantined, 0 known already\n"
    assert arrivals(app) == [datetime(2026, 11, 3, 9, 0, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("date", "separator", "expected"),
    [
        ("Date: Tue, 3 Nov 2026 10:00:00 +0100\n", FROM, datetime(2026, 11, 2, 8, 30, tzinfo=UTC)),
        ("Date: Tue, 3 Nov 2026 10:00:00 +0100\n", b"From x 10:00 99999999\n", datetime(2026, 11, 3, 9, tzinfo=UTC)),
        ("Date: yesterday\n", b"From x Thu Jan  1 00:00:00 1970\n", datetime(2020, 5, 5, tzinfo=UTC)),
        ("Date: Fri, 1 Jan 0001 00:00:00 +1200\n", b"From x 10:00 99999999\n", datetime(2020, 5, 5, tzinfo=UTC)),
        ("", b"From x 10:00 99999999\n", datetime(2020, 5, 5, tzinfo=UTC)),
    ],
)
def test_a_ticket_of_an_mbox_was_made_when_its_mail_arrived(
    app: APIFlask, tmp_path: Path, date: str, separator: bytes, expected: datetime
) -> None:
    path = write(tmp_path / "box", separator + f"{HEAD}{date}Subject: Old\n\ntext\n".encode())
    os.utime(path, (expected.replace(year=2020, month=5, day=5, hour=0, minute=0).timestamp(),) * 2)
    run(app, "mail", "import", path)
    assert arrivals(app) == [expected]


def test_a_ticket_of_a_maildir_was_made_when_its_file_says(app: APIFlask, tmp_path: Path) -> None:
    write(tmp_path / "cur/1777777777.M1P1.host:2,", letter("Old"))
    run(app, "mail", "import", tmp_path)
    assert arrivals(app) == [datetime.fromtimestamp(1777777777, UTC)]


def test_no_ticket_is_made_in_the_future(app: APIFlask, tmp_path: Path) -> None:
    path = write(tmp_path / "a.eml", f"{HEAD}Date: Tue, 3 Nov 2099 10:00:00 +0000\nSubject: x\n\ny\n".encode())
    run(app, "mail", "import", path)
    assert arrivals(app)[0] <= utc_now()


def test_mails_over_the_limit_are_quarantined_from_their_header(make_sqlite_app: MakeApp, tmp_path: Path) -> None:
    app = make_sqlite_app(mail_max_bytes=20_000)
    large = letter("Large", "one line of many\n" * 2_000)
    paths = (mbox(tmp_path / "box", large, letter("Small")), write(tmp_path / "large.eml", large))
    done = run(app, "mail", "import", *paths)
    assert done.stdout == "3 recorded, 1 tickets, 0 messages, 0 set aside, 2 quarantined, 0 known already\n"
    assert run(app, "mail", "import", *paths).stdout.endswith("0 quarantined, 3 known already\n")
    with app.app_context():
        kept = db.session.scalars(select(InboundMail).where(InboundMail.state == MailState.QUARANTINED)).all()
        assert all(mail.raw is None and mail.header and b"Subject: Large" in mail.header for mail in kept)
        assert all("20,000 bytes" in mail.reason for mail in kept)


def test_a_broken_mail_does_not_stop_the_next(app: APIFlask, tmp_path: Path) -> None:
    path = mbox(tmp_path / "box", b"\xff\xfe\0", letter("After"))
    assert run(app, "mail", "import", path).stdout.startswith("2 recorded, 2 tickets")
    assert titles(app)[-1] == "After"


def test_what_an_import_that_was_cut_off_left_behind_is_finished(app: APIFlask, tmp_path: Path) -> None:
    raw = letter("Left behind")
    path = write(tmp_path / "a.eml", raw)
    with app.app_context():
        mailbox_id = ledger.register_mailbox(f"import:{tmp_path}")
        ledger.record(mailbox_id, 1, [SeenMail(uid=1, size=len(raw), arrived_at=utc_now(), raw=raw)])
    assert run(app, "mail", "import", path).stdout == (
        "0 recorded, 1 tickets, 0 messages, 0 set aside, 0 quarantined, 1 known already\n"
    )


def test_what_cannot_be_imported_is_named_and_the_rest_goes_on(app: APIFlask, tmp_path: Path) -> None:
    empty, good = write(tmp_path / "empty.eml", b""), write(tmp_path / "good.eml", letter("Good"))
    (tmp_path / "nothing").mkdir()
    dangling = tmp_path / "Maildir/cur/1777777777.M1"
    dangling.parent.mkdir(parents=True)
    dangling.symlink_to(tmp_path / "gone")
    done = run(app, "mail", "import", empty, tmp_path / "nothing", tmp_path / "Maildir", good)
    assert done.exit_code == 1
    assert f"Error: {empty} is empty.\n" in done.stderr
    assert f"Error: {tmp_path}/nothing is an empty folder.\n" in done.stderr
    assert f"Error: {dangling} cannot be read: No such file or directory.\n" in done.stderr
    assert titles(app) == ["Good"]


def test_mails_are_taken_apart_whatever_the_file_is_called(app: APIFlask, tmp_path: Path) -> None:
    bare = b"From \n" + letter("One") + b"\nFrom \n" + letter("Two")
    headless = letter("Three") + b"\n" + FROM + letter("Four")
    apple = letter("Five")
    paths = (
        write(tmp_path / "Inbox", bare.replace(b"\n", b"\r")),
        write(tmp_path / "cut.mbox", headless),
        write(tmp_path / "6.emlx", b"%d\n" % len(apple) + apple + b"<?xml version='1.0'?><plist/>\n"),
        write(tmp_path / "two.eml", FROM + letter("Six") + b"\n" + FROM + letter("Seven")),
    )
    done = run(app, "mail", "import", *paths)
    assert (done.exit_code, done.stderr) == (0, "")
    assert sorted(titles(app)) == ["Five", "Four", "One", "Seven", "Six", "Three", "Two"]


def test_a_file_that_may_be_one_mail_or_many_is_not_guessed_at(app: APIFlask, tmp_path: Path) -> None:
    unclear = write(tmp_path / "unclear", letter("One") + b"\n" + FROM + letter("Two"))
    none = write(tmp_path / "notes", b"Dear diary,\n")
    empty = write(tmp_path / "empty.mbox", b"")
    cut = write(tmp_path / "cut", FROM + letter("Three") + b"\n" + FROM)
    done = run(app, "mail", "import", unclear, none, empty, cut)
    assert done.exit_code == 1
    assert sorted(done.stderr.splitlines()) == sorted(
        [
            f"Error: {unclear} begins like one mail and holds others; call it .mbox to take them apart, .eml to not.",
            f"Error: {none} begins neither like a mail nor like an mbox; called .eml it is taken as one mail.",
            f"Error: {empty} is empty.",
            f'Error: {cut} has no mail behind the line "{FROM.decode().strip()}".',
        ]
    )
    assert titles(app) == ["Three"]


def test_folders_without_a_mail_are_said_to_be_so(app: APIFlask, tmp_path: Path) -> None:
    (tmp_path / "Maildir/cur").mkdir(parents=True)
    done = run(app, "mail", "import", tmp_path / "Maildir")
    assert (done.exit_code, done.stderr) == (1, "Error: There is no mail in what was named.\n")


def test_a_path_that_is_not_there_is_refused_before_anything_is_done(app: APIFlask, tmp_path: Path) -> None:
    done = run(app, "mail", "import", write(tmp_path / "a.eml", letter()), tmp_path / "none")
    assert done.exit_code == 2
    assert titles(app) == []


def test_a_path_of_any_length_and_any_bytes_names_a_mailbox(postgres_app: APIFlask, tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 50) / ("deeper" * 40) / os.fsdecode(b"caf\xe9")
    run(postgres_app, "mail", "import", write(folder / "a.eml", letter("Deep")))
    write(folder.parent / "sibling/a.eml", letter("Deep"))
    run(postgres_app, "mail", "import", folder.parent / "sibling")
    assert titles(postgres_app) == ["Deep", "Deep"]


def test_what_was_imported_from_is_no_mailbox_to_be_polled(app: APIFlask, tmp_path: Path) -> None:
    run(app, "mail", "import", write(tmp_path / "a.eml", letter()))
    with app.app_context():
        ledger.register_mailbox("help@imap.example.com/INBOX")
        assert [mailbox.name for mailbox in ledger_queries.mailboxes()] == ["help@imap.example.com/INBOX"]


def test_the_group_takes_further_commands() -> None:
    from ticketapp.cli.mail import group

    assert {"parse", "import"} <= group.commands.keys()
