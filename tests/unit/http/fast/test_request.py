"""What goes over the wire for each argument of a request."""

import hashlib
import io

import pytest

from swarm.http.transport.error import InvalidRequestError


def field(seen, name):
    return [value for key, value in seen["headers"] if key.lower() == name.lower()]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_verb_sends_its_method(session, method):
    response = getattr(session, method.lower())("/echo")
    assert response.json()["method"] == method


def test_a_method_is_sent_in_capitals(echo, events):
    assert echo("get")["method"] == "GET"
    assert events[0]["request_type"] == "GET"


def test_an_own_method_is_sent(echo):
    assert echo("PURGE")["method"] == "PURGE"


def test_default_header_fields_name_the_client_and_what_it_can_decode(echo, server):
    seen = echo()
    assert field(seen, "host") == [server.url.removeprefix("http://")]
    assert field(seen, "user-agent")[0].startswith("swarm/")
    assert "gzip" in field(seen, "accept-encoding")[0]


def test_header_fields_of_a_request_go_over_the_default_ones(echo):
    seen = echo(headers={"user-agent": "mine", "X-Other": "1"})
    assert field(seen, "user-agent") == ["mine"]
    assert field(seen, "x-other") == ["1"]


def test_values_that_are_no_text_are_sent_as_text(echo):
    for value in (1, True, 1.0, None, "1"):
        expected = [] if value is None else [str(value)]
        assert field(echo(headers={"X-Value": value}), "x-value") == expected


def test_none_takes_a_default_header_field_away(echo):
    assert field(echo(headers={"User-Agent": None}), "user-agent") == []


def test_an_own_host_field_replaces_that_of_the_url(echo):
    assert field(echo(headers={"Host": "example.org"}), "host") == ["example.org"]


def test_default_headers_of_a_session_are_sent_with_every_request(make_session):
    session = make_session(default_headers={"X-Key": "k", "Accept": None})
    for _ in range(2):
        seen = session.get("/echo").json()
        assert field(seen, "x-key") == ["k"]
        assert field(seen, "accept") == []


def test_headers_of_one_session_do_not_leak_into_another(make_session):
    first, second = make_session(), make_session()
    first.headers["X-Key"] = "k"
    assert field(first.get("/echo").json(), "x-key") == ["k"]
    assert field(second.get("/echo").json(), "x-key") == []
    del first.headers["x-key"]
    assert field(first.get("/echo").json(), "x-key") == []


@pytest.mark.parametrize(
    "headers",
    [{"X-Evil": "a\r\nInjected: 1"}, {"X-Evil": "a\nb"}, {"X\r\nY": "a"}, {"X Y": "a"}, {"": "a"}],
)
def test_header_injection_is_refused_and_nothing_is_sent(session, server, headers, events):
    server.reset()
    response = session.get("/echo/injected", headers=headers)
    assert response.status_code == 0
    assert isinstance(response.error, InvalidRequestError)
    assert isinstance(events[0]["exception"], InvalidRequestError)
    assert server.counters()["/echo/injected"] == 0


@pytest.mark.parametrize("path", ["/echo/a b", "/echo/ü?q=ä", "/echo/50%", "/echo/[x]|{y}"])
def test_unsafe_characters_of_a_path_are_quoted(session, path):
    target = session.get(path).json()["target"]
    assert target.isascii()
    assert " " not in target


def test_line_breaks_in_a_path_are_refused(session):
    response = session.get("/echo\r\nX: y")
    assert isinstance(response.error, InvalidRequestError)


def test_escapes_that_are_there_already_stay(echo):
    assert echo(path="/echo/a%2Fb%20c")["target"] == "/echo/a%2Fb%20c"


def test_the_fragment_is_not_sent(echo):
    assert echo(path="/echo#part")["target"] == "/echo"


@pytest.mark.parametrize(
    ("params", "query"),
    [
        ({"a": 1, "b": "x y"}, "a=1&b=x+y"),
        ({"a": ["1", "2"], "b": None}, "a=1&a=2"),
        ([("a", "1"), ("a", "2")], "a=1&a=2"),
        ("a=1", "a=1"),
        (b"a=1", "a=1"),
        ({}, ""),
    ],
)
def test_params_are_appended_to_the_query(echo, params, query):
    assert echo(path="/echo", params=params)["target"].partition("?")[2] == query
    assert echo(path="/echo?z=0", params=params)["target"].startswith("/echo?z=0")


@pytest.mark.parametrize("params", [5, [1, 2], {"a": "\ud800"}])
def test_params_that_make_no_query_are_a_failure(session, events, params):
    assert "params" in str(session.get("/echo", params=params).error)
    assert len(events) == 1


def test_bytes_and_text_are_sent_as_they_are(echo):
    assert echo("POST", data=b"\x00\xff")["body"] == "\x00\xff"
    assert echo("POST", data="grün")["body"].encode("latin-1").decode() == "grün"


def test_a_mapping_is_sent_as_a_form(session):
    seen = session.post("/login", {"user": "testuser", "n": 1}).request
    assert seen.body == b"user=testuser&n=1"
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"


def test_json_sets_content_type_and_accept(echo):
    seen = echo("POST", json={"foo": 42, "bar": None})
    assert seen["body"] == '{"foo": 42, "bar": null}'
    assert field(seen, "content-type") == ["application/json"]
    assert field(seen, "accept") == ["application/json"]


def test_own_content_type_and_accept_go_over_those_of_json(echo):
    seen = echo("POST", json=[], headers={"content-type": "application/x", "accept": "a/b"})
    assert seen["body"] == "[]"
    assert field(seen, "content-type") == ["application/x"]
    assert field(seen, "accept") == ["a/b"]


def test_json_is_only_used_if_data_is_not_set(echo):
    assert echo("POST", data=b"data", json={"json": 1})["body"] == "data"


def test_what_cannot_be_written_as_json_is_a_failure(session):
    response = session.post("/echo", json={"x": object()})
    assert response.status_code == 0
    assert "JSON" in str(response.error)


def test_a_post_without_a_body_says_so(echo):
    assert field(echo("POST"), "content-length") == ["0"]
    assert field(echo("GET"), "content-length") == []


@pytest.mark.parametrize("size", [1, 65_536, 65_537, 3_000_000])
def test_bodies_of_every_size_arrive_whole(echo, size):
    body = bytes(range(256)) * (size // 256 + 1)
    seen = echo("PUT", data=body[:size])
    assert seen["length"] == size
    assert seen["sha256"] == hashlib.sha256(body[:size]).hexdigest()


def test_a_file_is_sent_from_where_it_stands(echo, tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(b"skipped" + b"x" * 100_000)
    with path.open("rb") as file:
        file.seek(7)
        seen = echo("POST", data=file)
    assert seen["length"] == 100_000
    assert field(seen, "content-length") == ["100000"]


def test_a_file_in_memory_is_sent(echo):
    assert echo("POST", data=io.BytesIO(b"memory"))["body"] == "memory"


def test_an_iterable_is_sent_in_chunks(echo):
    seen = echo("POST", data=(piece for piece in (b"one ", "two ", b"", b"three")))
    assert seen["body"] == "one two three"
    assert field(seen, "transfer-encoding") == ["chunked"]
    assert field(seen, "content-length") == []


def test_an_iterable_of_something_else_is_a_failure(session):
    response = session.post("/echo", data=iter([1, 2]))
    assert response.status_code == 0
    assert isinstance(response.error, InvalidRequestError)


def test_a_closed_file_and_text_that_is_none_are_failures(session, events, tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"x")
    with path.open("rb") as file:
        pass
    assert "closed" in str(session.post("/echo", data=file).error)
    assert "encoded" in str(session.post("/echo", data="\ud800").error)
    assert len(events) == 2


def test_chunks_can_be_asked_for(echo):
    seen = echo("POST", data=b"abc", headers={"Transfer-Encoding": "chunked"})
    assert seen["body"] == "abc"
    assert field(seen, "transfer-encoding") == ["chunked"]


def test_an_own_content_length_does_not_contradict_the_body(echo):
    seen = echo("POST", data=b"abc", headers={"Content-Length": "999"})
    assert field(seen, "content-length") == ["3"]


def test_an_own_content_length_does_not_contradict_the_lack_of_a_body(echo):
    seen = echo("POST", headers={"Content-Length": "0"})
    assert field(seen, "content-length") == ["0"]


def test_expect_continue_waits_for_the_servers_word(echo):
    seen = echo("POST", data=b"abc", headers={"Expect": "100-continue"})
    assert seen["body"] == "abc"


def test_a_refused_body_gives_the_refusal(session):
    response = session.post(
        "/expect-reject", data=b"x" * 10_000_000, headers={"Expect": "100-continue"}
    )
    assert response.status_code == 413


@pytest.mark.parametrize("path", ["/expect-refuse", "/ignore-body"])
def test_a_connection_with_half_a_request_is_not_used_again(session, path):
    headers = {"Expect": "100-continue"} if path == "/expect-refuse" else {}
    response = session.post(path, data=b"x" * 20_000_000, headers=headers, timeout=5)
    assert response.status_code in {413, 417}
    assert response.seconds < 2
    assert session.get("/echo").json()["nth"] == 1


def test_an_interim_answer_does_not_end_a_body(session):
    response = session.post("/early-hints", data=b"x" * 20_000_000, timeout=5)
    assert response.text == "got it all"


def test_files_make_a_multipart_form(echo):
    seen = echo(
        "POST",
        data={"field": "value", "many": ["1", "2"]},
        files={
            "plain": io.BytesIO(b"content"),
            "named": ('na"me\r\n.txt', b"named content", "text/x", {"X-Part": "p"}),
            "text": "text content",
        },
    )
    assert field(seen, "content-type")[0].startswith("multipart/form-data; boundary=")
    body = seen["body"]
    assert 'name="field"\r\n\r\nvalue\r\n' in body
    assert body.count('name="many"') == 2
    assert 'name="plain"; filename="plain"\r\n' in body
    assert 'filename="na%22me%0D%0A.txt"\r\nContent-Type: text/x\r\nX-Part: p\r\n\r\nnamed' in body
    assert "text content" in body


def test_cookies_of_a_request_are_sent_once(session):
    assert session.get("/cookies", cookies={"a": "1", "b": "2"}).text == "a=1; b=2"
    assert session.get("/cookies").text == ""


def test_an_unknown_argument_is_an_error_of_the_test_file(session):
    with pytest.raises(TypeError, match="verifi"):
        session.get("/", verifi=True)


def test_the_response_tells_what_was_sent(session, server):
    response = session.post("/echo?x=1", data=b"body", headers={"X-A": "b"})
    request = response.request
    assert (request.method, request.url, request.body) == (
        "POST",
        f"{server.url}/echo?x=1",
        b"body",
    )
    assert request.headers["x-a"] == "b"
    assert response.url == request.url
