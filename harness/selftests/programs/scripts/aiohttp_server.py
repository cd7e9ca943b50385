"""The site of http_server.py by aiohttp: ``aiohttp_server.py FD FOLDER``."""

from aiohttp import web
from common import listeners, server_context


async def answer(request: web.Request) -> web.Response:
    if request.method == "POST":
        return web.Response(body=(await request.read()).upper())
    return web.Response(body=f"{request.path}\n".encode() * 20_000)


site = web.Application()
site.router.add_route("*", "/{path:.*}", answer)
web.run_app(site, sock=listeners()[0], ssl_context=server_context(), print=None)
