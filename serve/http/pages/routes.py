"""``/``, ``/room``, ``/review``, ``/console`` and their assets: public files; the data they show needs a token."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response

from interview.errors import NotFound
from serve.http.pages.build import Build, BuiltFile, read_build

#: One page per audience. There is no catch-all route: an unknown path is a 404, as is an asset of an earlier build.
PAGES = ("room", "review", "console")
#: The page of ``/``: links to the others.
HOME = "home"

#: Everything comes from this server. Recordings are played from ``blob:`` URLs, because fetching them needs a token.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "img-src 'self'",
        "font-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_ASSET_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable"}

_NOT_BUILT = (
    b"<!doctype html><html lang=en><meta charset=utf-8><title>Not built</title>"
    b"<h1>This page is not built</h1><p>Run <code>make web</code> in the checkout, and restart the server. "
    b"A wheel holds the built pages.</p>"
)


def pages_router(build: Build | None = None) -> APIRouter:
    """``build`` defaults to the one in the package."""
    build = build or read_build()
    router = APIRouter(include_in_schema=False)
    for name in PAGES:
        router.add_api_route(f"/{name}", _page(build.pages.get(name)), methods=["GET", "HEAD"], name=f"{name}_page")

    router.add_api_route("/", _page(build.pages.get(HOME)), methods=["GET", "HEAD"], name="home_page")

    @router.api_route("/assets/{name}", methods=["GET", "HEAD"])
    async def asset(name: str, request: Request) -> Response:
        found = build.assets.get(name)
        if found is None:
            raise NotFound("There is no such file. The server was updated; load the page again.")
        return _sent(found, request, _ASSET_HEADERS)

    return router


def _page(file: BuiltFile | None) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        if file is None:
            return Response(_NOT_BUILT, status_code=503, media_type="text/html", headers=_PAGE_HEADERS)
        return _sent(file, request, _PAGE_HEADERS)

    return page


def _sent(file: BuiltFile, request: Request, headers: dict[str, str]) -> Response:
    headers = {**headers, "ETag": file.etag, "Vary": "Accept-Encoding"}
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if file.gzipped is not None and _accepts_gzip(request.headers.get("accept-encoding", "")):
        return Response(file.gzipped, headers={**headers, "Content-Encoding": "gzip"}, media_type=file.content_type)
    return Response(file.content, headers=headers, media_type=file.content_type)


def _accepts_gzip(accepted: str) -> bool:
    for coding in accepted.lower().split(","):
        name, _, parameter = coding.partition(";")
        if name.strip() == "gzip":
            return parameter.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
