import io


def test_the_communication_is_printed(session, server):
    out = io.StringIO()
    session.post("/redirect-to?url=/hello", data=b"body", debug_stream=out)
    text = out.getvalue()
    assert text.startswith(f"REQUEST: {server.url}/redirect-to?url=/hello\nPOST /redirect-to")
    assert "\nbody\n" in text
    assert "RESPONSE: HTTP/1.1 302 X\nLocation: /hello\n" in text
    assert f"REQUEST: {server.url}/hello\nGET /hello HTTP/1.1\n" in text
    assert text.endswith("\nhello world\n\n")


def test_a_streamed_body_is_not_printed_but_stays_readable(session):
    out = io.StringIO()
    response = session.get("/chunked", stream=True, debug_stream=out)
    assert "chunked world" not in out.getvalue()
    assert response.text == "hello chunked world"


def test_long_bodies_are_cut(session):
    out = io.StringIO()
    session.get("/big/1000000", debug_stream=out)
    assert len(out.getvalue()) < 20_000
    assert "(1000000 bytes)" in out.getvalue()
