"""The documentation of the API: the OpenAPI document, and the page to read it and try it."""

from flask import Blueprint, Response, render_template

from ticketapp.api import openapi, reading
from ticketapp.api.blueprint import open_to_everybody

blueprint = Blueprint("api_docs", __name__, url_prefix="/api")


@blueprint.get("/openapi.json")
@open_to_everybody
def document() -> Response:
    """The OpenAPI document, for everybody: it holds nothing that is not in the source."""
    return openapi.as_json()


@blueprint.get("/docs", strict_slashes=False)
@open_to_everybody
def page() -> str:
    """The page, for everybody; what it sends is checked like any other request."""
    spec = openapi.document()
    return render_template(
        "api/docs.html",
        spec=spec,
        description=reading.paragraphs(spec["info"]["description"]),
        operations=reading.operations(spec),
    )
