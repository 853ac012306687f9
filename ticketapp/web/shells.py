"""Every module that answers browsers, and the blueprints that they share."""

from ticketapp.web import (
    account,
    admin_accuracy,
    admin_classification,
    admin_mail,
    admin_mail_bulk,
    admin_mail_readings,
    admin_mailbox_checks,
    admin_mailboxes,
    admin_runs,
    admin_users,
    confirming,
    conversation,
    dashboard,
    health,
    moving,
    new_tickets,
    reclassification,
    session,
    theme,
    ticket_changes,
    tickets,
)

SINGLE = (
    account,
    admin_accuracy,
    admin_classification,
    admin_mailboxes,
    admin_runs,
    admin_users,
    dashboard,
    health,
    session,
    theme,
)
MAIL = (admin_mail, admin_mail_bulk, admin_mail_readings, admin_mailbox_checks)
TICKETS = (tickets, new_tickets, ticket_changes, confirming, conversation, moving, reclassification)
# Several modules share the blueprint of tickets, and several that of mail.
BLUEPRINTS = tuple(dict.fromkeys(shell.blueprint for shell in (*SINGLE, *MAIL, *TICKETS)))
