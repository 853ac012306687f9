"""Cross-origin requests: which origins a browser lets call the API, never with the portal's session."""

from apiflask import APIFlask
from flask import Response, request

from ticketapp.outside import outside

REQUEST_HEADERS = "Authorization, Content-Type"
EXPOSED_HEADERS = "Link, Location, Retry-After, WWW-Authenticate"
PREFLIGHT_SECONDS = 600
ANY_ORIGIN = "*"


def init_app(app: APIFlask) -> None:
    """Add the CORS headers to what lies below /api/, where the origin is one of CORS_ALLOWED_ORIGINS."""
    app.after_request(_allow_origin)


def _allow_origin(response: Response) -> Response:
    if not request.path.startswith("/api/"):
        return response
    if request.method == "OPTIONS" and response.status_code == 200:
        response.status_code = 204
        response.headers.remove("Content-Type")
    allowed = {origin.rstrip("/").lower() for origin in outside().config.cors_allowed_origins}
    if allowed:
        response.vary.add("Origin")
    origin = request.headers.get("Origin", "")
    if origin and ANY_ORIGIN in allowed:
        _allow(response, ANY_ORIGIN)
    elif origin.lower() in allowed:
        _allow(response, origin)
    return response


def _allow(response: Response, origin: str) -> None:
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(response.allow))
        response.headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
