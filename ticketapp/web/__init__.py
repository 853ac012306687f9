"""Who and when, by browser: the portal's blueprints."""

from apiflask import APIFlask


def init_app(app: APIFlask) -> None:
    """Register the portal."""
    # Imported here, so that a part such as the look can be imported without the portal around it.
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
        errors,
        health,
        moving,
        new_tickets,
        reclassification,
        security,
        session,
        surroundings,
        theme,
        ticket_changes,
        tickets,
    )
    from ticketapp.web.row_id import RowIdConverter

    app.url_map.converters["int"] = RowIdConverter
    security.init_app(app)
    surroundings.init_app(app)
    errors.init_app(app)
    shells = (
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
    mail_shells = (admin_mail, admin_mail_bulk, admin_mail_readings, admin_mailbox_checks)
    ticket_shells = (tickets, new_tickets, ticket_changes, confirming, conversation, moving, reclassification)
    # Several modules share the blueprint of tickets, and several that of mail.
    for blueprint in dict.fromkeys(shell.blueprint for shell in (*shells, *mail_shells, *ticket_shells)):
        app.register_blueprint(blueprint)
