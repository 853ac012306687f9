"""Who and when, by program: the REST API."""

from apiflask import APIFlask

from ticketapp.api import access, bodies, cors, docs, figures, openapi, problems, proposals, tickets
from ticketapp.api.blueprint import blueprint
from ticketapp.extensions import csrf

__all__ = ["figures", "init_app", "proposals", "tickets"]  # the views, which the blueprint collects when imported

problems.answer_errors_of(blueprint)
problems.answer_errors_of(docs.blueprint)
blueprint.before_request(access.admit)
blueprint.before_request(bodies.read_body)


def init_app(app: APIFlask) -> None:
    """Register the API and its documentation."""
    for name, limit in access.RATE_LIMITS.items():
        app.config.setdefault(name, limit)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's own provider: fields come in our order
    csrf.exempt(blueprint)  # access.admit checks the token itself, so that its absence is told as a problem document
    openapi.init_app(app)
    problems.init_app(app)
    cors.init_app(app)
    app.register_blueprint(blueprint)
    app.register_blueprint(docs.blueprint)
