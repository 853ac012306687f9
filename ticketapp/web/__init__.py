"""Who and when, by browser: the portal's blueprints."""

from apiflask import APIFlask


def init_app(app: APIFlask) -> None:
    """Register the portal."""
    # Imported here, so that a part such as the look can be imported without the portal around it.
    from ticketapp.web import errors, security, surroundings
    from ticketapp.web.row_id import RowIdConverter
    from ticketapp.web.shells import BLUEPRINTS

    app.url_map.converters["int"] = RowIdConverter
    security.init_app(app)
    surroundings.init_app(app)
    errors.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
