"""One attempt against real receivers: what each does to us, and what we never do."""

import asyncio
import contextlib
import shutil
import ssl
import subprocess
import time

import pytest
from missing import cannot_be_had
from webhooks_helpers import SECRET, an_alert, an_endpoint, now_ms

from agents.endpoints import new_secret
from agents.receiver import Answer as Says
from agents.receiver import Receiver
from agents.webhooks import standard
from agents.webhooks.patience import Answer
from agents.webhooks.posting import Poster

pytestmark = pytest.mark.integration


async def test_a_receiver_verifies_and_answers_2xx():
    async with Receiver(SECRET) as receiver:
        assert await post(receiver.url) == Answer("answered", 204)

        [received] = receiver.received
        assert (receiver.verified, receiver.bad, receiver.duplicates) == (1, 0, 0)
        assert received.body["data"]["alert_id"] == received.webhook_id == an_alert().alert_id
        assert received.headers["Content-Type"] == "application/json"


async def test_a_receiver_with_another_secret_refuses():
    async with Receiver(new_secret()) as receiver:
        assert await post(receiver.url) == Answer("answered", 401)

        assert (receiver.verified, receiver.bad) == (0, 1)


async def test_the_same_id_again_is_a_duplicate_only_after_it_was_accepted():
    async with Receiver(SECRET, answers=[Says(500)]) as receiver:
        for _ in range(3):
            await post(receiver.url)

        assert [one.answered for one in receiver.received] == [500, 204, 204]
        assert [one.duplicate for one in receiver.received] == [False, False, True]
        assert receiver.accepted == [an_alert().alert_id]


@pytest.mark.parametrize("headers", [{}, {"webhook-signature": "v1"}, {"webhook-signature": "v1,???"}])
async def test_a_receiver_takes_a_signature_without_form_for_a_wrong_one(headers):
    async with Receiver(SECRET) as receiver:
        endpoint = an_endpoint(receiver.url)
        request = standard.render(an_alert(), endpoint, now_ms())
        kept = {**request.headers, **headers} if headers else {"content-type": "application/json"}
        async with Poster(endpoint) as poster:
            await poster.post(standard.Request(request.url, kept, request.body))

        assert (receiver.verified, receiver.bad) == (0, 1)


async def test_a_redirect_is_not_followed():
    async with Receiver(SECRET) as other, Receiver(SECRET, answers=[Says(307, {"Location": other.url})]) as receiver:
        assert await post(receiver.url) == Answer("answered", 307)

        assert len(receiver.received) == 1
        assert other.received == []


async def test_a_receiver_that_hangs_is_left_after_the_timeout():
    async with Receiver(SECRET, answers=[Says(200, hang_s=30)]) as receiver:
        began_s = time.monotonic()
        answer = await post(receiver.url, timeout_ms=300)

        assert answer.outcome == "timeout"
        assert time.monotonic() - began_s < 2


async def test_retry_after_is_read():
    async with Receiver(SECRET, answers=[Says(429, {"Retry-After": "7"})]) as receiver:
        assert await post(receiver.url) == Answer("answered", 429, retry_after_ms=7_000)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_private_address_is_refused_without_leave_and_nothing_is_sent(host):
    async with Receiver(SECRET) as receiver:
        url = receiver.url.replace("127.0.0.1", host)
        for scheme in ("http", "https"):
            answer = await post(url.replace("http", scheme), allow_private=False)

            assert answer == Answer(
                "refused", detail="the address is not public; set allow_private = true if it is meant"
            )
        assert receiver.received == []


async def test_an_address_in_unusual_digits_is_refused_too():
    async with Receiver(SECRET) as receiver:
        for host in ("2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]"):
            answer = await post(receiver.url.replace("127.0.0.1", host), allow_private=False)

            assert answer.outcome in ("refused", "unreachable")
        assert receiver.received == []


async def test_nobody_listening_is_unreachable():
    async with Receiver(SECRET) as receiver:
        url = receiver.url

    assert (await post(url)).outcome == "unreachable"


async def test_a_name_that_does_not_exist_is_unreachable():
    answer = await post("https://no-such-host.invalid/hook", allow_private=False)

    assert answer == Answer("unreachable", detail="its name cannot be resolved")


async def test_a_server_that_speaks_no_tls_is_untrusted():
    async with Receiver(SECRET) as receiver:
        assert (await post(receiver.url.replace("http", "https"))).outcome == "untrusted"


async def test_a_certificate_that_nobody_vouches_for_is_untrusted_and_nothing_is_sent(tmp_path):
    if shutil.which("openssl") is None:
        cannot_be_had("there is no openssl here to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    await asyncio.to_thread(
        subprocess.run, [*make, "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    said: list[bytes] = []
    async with a_server(b"HTTP/1.1 200 OK\r\n\r\n", said, context) as port:
        answer = await post(f"https://localhost:{port}/")

    assert answer == Answer("untrusted", detail="its certificate does not hold")
    assert b"".join(said) == b""


async def test_an_answer_that_is_no_http_is_a_connection_that_broke():
    async with a_server(b"SSH-2.0-OpenSSH_9.6\r\n\r\n") as port:
        answer = await post(f"http://127.0.0.1:{port}/")

    assert answer.outcome == "unreachable"
    assert "broke" in answer.detail


async def test_the_body_of_an_answer_is_not_read():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n"
    async with a_server(head + b"x" * 100_000) as port:
        assert await post(f"http://127.0.0.1:{port}/") == Answer("answered", 200)


async def test_headers_that_drip_for_ever_end_at_the_timeout():
    async def drip(reader, writer):
        with contextlib.suppress(ConnectionError):
            writer.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                writer.write(b"X: y\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    try:
        answer = await post(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", timeout_ms=400)
        assert answer.outcome == "timeout"
    finally:
        server.close()


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch):
    async with Receiver(SECRET) as proxy, Receiver(SECRET) as receiver:
        monkeypatch.setenv("http_proxy", proxy.url)

        assert (await post(receiver.url)).is_success
        assert (len(proxy.received), len(receiver.received)) == (0, 1)


async def post(url, *, timeout_ms=15_000, **fields) -> Answer:
    endpoint = an_endpoint(url, **fields)
    async with Poster(endpoint, timeout_ms) as poster:
        return await poster.post(standard.render(an_alert(), endpoint, now_ms()))


@contextlib.asynccontextmanager
async def a_server(answer: bytes, said: list[bytes] | None = None, tls: ssl.SSLContext | None = None):
    """Answers whatever is said to it with the same bytes; gives its port."""

    async def take(reader, writer):
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            heard = await reader.read(65_536)
            if said is not None:
                said.append(heard)
            writer.write(answer)
            await writer.drain()
            writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
