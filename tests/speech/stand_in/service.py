"""A stand-in on this machine for the service that gTTS asks, as a proxy that says it is the service.

gTTS has the service's address built in and always speaks TLS, but it honours HTTPS_PROXY: its CONNECT ends here, with
a certificate of the tests' own authority. `authority.pem` and `service.pem` are good for nothing else.
"""

import asyncio
import base64
import json
import ssl
from collections import deque
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs

AUTHORITY = Path(__file__).parent / "authority.pem"
SERVICE = Path(__file__).parent / "service.pem"
PATH = "/_/TranslateWebserverUi/data/batchexecute"


@dataclass(frozen=True)
class Answers:
    """What the service does with a request: a status, a body of its own, or nothing for ever."""

    status: HTTPStatus = HTTPStatus.OK
    body: bytes | None = None
    hangs: bool = False


class Service:
    """Answers with the sound, but for the answers that were prepared: those come first, one a request."""

    def __init__(self, sound: bytes):
        self.sound = sound
        self.prepared: deque[Answers] = deque()
        self.always = Answers()
        self.asked: list[tuple[str, str]] = []  # language and text
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._tls.load_cert_chain(SERVICE)
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await self._server.wait_closed()

    async def _serve(self, reader, writer):
        self._open.add(writer)
        try:
            await self._connection(reader, writer)
        except (asyncio.IncompleteReadError, OSError):
            pass  # the other side is gone, or trusts no such certificate
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _connection(self, reader, writer):
        tunnel = (await reader.readuntil(b"\r\n\r\n")).decode()
        assert tunnel.startswith("CONNECT translate.google.com:443 "), tunnel
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        await writer.start_tls(self._tls)
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        request, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
        if not request.startswith(f"POST {PATH} ") or "urlencoded" not in headers["content-type"]:
            writer.write(_response(HTTPStatus.NOT_FOUND, b""))
        else:
            await self._answer(writer, *_asked(body.decode()))
        await writer.drain()

    async def _answer(self, writer, text, language):
        self.asked.append((language, text))
        answer = self.prepared.popleft() if self.prepared else self.always
        if answer.hangs:
            await asyncio.Event().wait()
        body = _said(self.sound) if answer.body is None else answer.body
        writer.write(_response(answer.status, body))


def _asked(body):
    """The text and the language in the call that a browser would make."""
    ((call, parameters, _, _),) = json.loads(parse_qs(body)["f.req"][0])[0]
    assert call == "jQ1olc"
    text, language, *_ = json.loads(parameters)
    return text, language


def _said(sound):
    """The sound in an answer as the service frames it."""
    parameters = json.dumps([base64.b64encode(sound).decode()])
    rows = [
        ["wrb.fr", "jQ1olc", parameters, None, None, None, "generic"],
        ["di", 51],
        ["af.httprm", 50, "1", 9],
    ]
    chunk = json.dumps(rows, separators=(",", ":"))
    return f')]}}\'\n\n{len(chunk) + 1}\n{chunk}\n25\n[["e",4,null,null,99]]\n'.encode()


def _response(status, body):
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json; charset=utf-8\r\n"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
