"""Requests that two HTTP parsers could read differently are refused: 400, the connection closed, nothing upstream."""
from harness import FerryCase

LONG = "x" * 300


def crlf(*lines):
    return "\r\n".join(lines).encode("latin-1")


class FramingIsStrict(FerryCase):
    def refuse(self, raw, statuses=(400,), closes=True):
        client = self.client()
        client.send(raw)
        answer = client.response()
        self.assert_error(answer, answer.status)
        self.assertIn(answer.status, statuses, answer.raw)
        if closes:
            self.assertEqual((answer.field("connection") or "").lower(), "close")
            self.assertEqual(client.rest(), b"", "something followed the refusal")
        self.assert_nothing_upstream()

    def lines(self, *fields, path="/v1/chat/completions", version="HTTP/1.1", method="POST", host="Host: ferry"):
        usual = [f"{method} {path} {version}", *([host] if host else []), f"Authorization: Bearer {self.key}",
                 "Content-Type: application/json"]
        return crlf(*usual, *fields, "", "")

    # Both framings, or a framing that is not exactly one number or exactly `chunked`

    def test_both_content_length_and_transfer_encoding(self):
        smuggled = self.request(self.body("nonce-smuggled"))
        self.refuse(self.lines("Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\n" + smuggled)

    def test_transfer_encoding_first_then_content_length(self):
        head = self.lines("Transfer-Encoding: chunked", "Content-Length: 4")
        self.refuse(head + b"5c\r\n" + b"x" * 92 + b"\r\n0\r\n\r\n")


BODY_ONLY_CHUNKED = b"2\r\n{}\r\n0\r\n\r\n"


def add(name, test):
    setattr(FramingIsStrict, "test_" + name, test)


def refuses(fields, body=b"{}", statuses=(400,), **line):
    return lambda self: self.refuse(self.lines(*fields, **line) + body, statuses)


TRANSFER_ENCODINGS = {
    "gzip": "Transfer-Encoding: gzip", "gzip_then_chunked": "Transfer-Encoding: gzip, chunked",
    "chunked_twice": "Transfer-Encoding: chunked, chunked", "identity": "Transfer-Encoding: identity",
    "chunked_with_parameter": "Transfer-Encoding: chunked;q=1", "x_chunked": "Transfer-Encoding: xchunked",
    "quoted": 'Transfer-Encoding: "chunked"', "with_vertical_tab": "Transfer-Encoding: \x0bchunked",
    "empty": "Transfer-Encoding: ", "with_trailing_comma": "Transfer-Encoding: chunked,",
}
for name, field in TRANSFER_ENCODINGS.items():
    add(f"transfer_encoding_{name}", refuses([field], BODY_ONLY_CHUNKED, (400, 501)))
add("two_transfer_encoding_fields",
    refuses(["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], BODY_ONLY_CHUNKED, (400, 501)))
add("two_equal_transfer_encoding_fields",
    refuses(["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], BODY_ONLY_CHUNKED, (400, 501)))
add("transfer_encoding_with_a_space_before_the_colon",
    refuses(["Transfer-Encoding : chunked"], BODY_ONLY_CHUNKED))

LENGTHS = {
    "twice_equal": ["Content-Length: 2", "Content-Length: 2"],
    "twice_different": ["Content-Length: 2", "Content-Length: 3"],
    "as_a_list": ["Content-Length: 2, 2"], "with_leading_zeros": ["Content-Length: 002"],
    "with_a_plus": ["Content-Length: +2"], "negative": ["Content-Length: -2"], "hexadecimal": ["Content-Length: 0x2"],
    "overflowing": ["Content-Length: 18446744073709551618"], "empty": ["Content-Length: "],
    "with_letters": ["Content-Length: 2a"], "with_a_decimal_point": ["Content-Length: 2.0"],
    "with_a_space_inside": ["Content-Length: 1 2"],
}
for name, fields in LENGTHS.items():
    add(f"content_length_{name}", refuses(fields))

LENGTH = "Content-Length: 2"
FIELDS = {
    "folded_line": [LENGTH, "X-Folded: one", " two"], "nul_in_a_value": [LENGTH, "X-Nul: a\0b"],
    "carriage_return_in_a_value": [LENGTH, "X-Cr: a\rb"], "control_in_a_value": [LENGTH, "X-Ctl: a\x01b"],
    "space_in_a_name": [LENGTH, "X Space: a"], "empty_name": [LENGTH, ": a"], "no_colon": [LENGTH, "nothing"],
    "control_in_a_name": [LENGTH, "X\x7f: a"], "latin_1_in_a_name": [LENGTH, "X\xe9: a"],
    "content_length_with_underscore": ["Content_Length: 2", LENGTH],
    "transfer_encoding_with_underscore": ["Transfer_Encoding: chunked", LENGTH],
    "second_host": [LENGTH, "Host: other"],
}
for name, fields in FIELDS.items():
    add(f"field_{name}", refuses(fields))
add("first_field_is_folded", lambda self: self.refuse(
    crlf("POST /v1/chat/completions HTTP/1.1", " Host: ferry", LENGTH, "", "") + b"{}"))
add("no_host", refuses([LENGTH], host=None))
HOSTS = {
    "with_userinfo": "user@ferry", "with_a_port_that_is_no_number": "a:b", "with_two_ports": "a:80:80",
    "with_an_open_bracket": "[::1", "with_an_empty_port": "a:", "with_port_0": "a:0", "with_port_65536": "a:65536",
    "without_a_name": ":80", "as_a_list": "a,b", "with_a_bare_ipv6_address": "::1",
    "with_a_bad_ipv6_address": "[1::2::3]",
    "with_an_ipv6_zone": "[fe80::1%25eth0]", "with_a_broken_escape": "a%2",
}
for name, host in HOSTS.items():
    add(f"host_{name}", refuses([LENGTH], host=f"Host: {host}"))
TARGETS = {
    "with_userinfo": "http://u@a/v1/chat/completions", "with_a_password": "http://u:p@a/v1/chat/completions",
    "with_a_bad_port": "http://a:b/v1/chat/completions", "with_port_65536": "http://a:65536/v1/chat/completions",
    "with_an_open_bracket": "http://[::1/v1/chat/completions", "without_a_host": "http:///v1/chat/completions",
    "of_another_scheme": "ftp://a/v1/chat/completions", "of_web_sockets": "ws://a/v1/chat/completions",
    "that_is_an_asterisk": "*", "that_is_an_authority": "ferry:80", "without_a_slash": "v1/chat/completions",
}
for name, path in TARGETS.items():
    add(f"target_{name}", refuses([LENGTH], path=path))
add("target_that_is_an_asterisk_of_GET", lambda self: self.refuse(self.lines(path="*", method="GET")))

for name, chunks in {
    "extension_of_300_bytes": f"2;a={LONG}\r\n{{}}\r\n0\r\n\r\n", "bare_line_feed_after_a_size": "2\n{}\r\n0\r\n\r\n",
    "line_feed_inside_a_quoted_extension": '2;a="\n"\r\n{}\r\n0\r\n\r\n', "size_with_a_sign": "+2\r\n{}\r\n0\r\n\r\n",
    "size_with_0x": "0x2\r\n{}\r\n0\r\n\r\n", "size_that_overflows": "10000000000000002\r\n{}\r\n0\r\n\r\n",
    "size_that_is_empty": "\r\n{}\r\n0\r\n\r\n", "size_negative": "-2\r\n{}\r\n0\r\n\r\n",
    "data_longer_than_its_size": "2\r\n{}x\r\n0\r\n\r\n", "no_line_end_after_data": "2\r\n{}0\r\n\r\n",
    "size_with_a_space_before": " 2\r\n{}\r\n0\r\n\r\n",
}.items():
    add(f"chunk_{name}", refuses(["Transfer-Encoding: chunked"], chunks.encode()))
add("line_feeds_instead_of_line_ends", lambda self: self.refuse(self.lines(LENGTH).replace(b"\r\n", b"\n") + b"{}"))
add("one_bare_line_feed_in_the_head", lambda self: self.refuse(
    self.lines("X-One: a", LENGTH).replace(b"X-One: a\r\n", b"X-One: a\n") + b"{}"))

# Versions, and what is not HTTP at all

add("http_1_0_with_transfer_encoding", refuses(["Transfer-Encoding: chunked"], BODY_ONLY_CHUNKED, version="HTTP/1.0"))
add("http_1_2", refuses([LENGTH], statuses=(400, 505), version="HTTP/1.2"))
add("http_2_0", refuses([LENGTH], statuses=(400, 505), version="HTTP/2.0"))
add("lower_case_version", refuses([LENGTH], statuses=(400, 505), version="http/1.1"))
add("http_0_9", lambda self: self.refuse(b"GET /v1/models\r\n\r\n", (400, 505)))
add("http_2_preface", lambda self: self.refuse(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 505)))
add("tls_hello_on_a_plain_port", lambda self: self.refuse(
    bytes.fromhex("16030100c8010000c40303") + bytes(range(200)) + b"\r\n\r\n", (400, 505)))
add("two_spaces_in_the_request_line", lambda self: self.refuse(self.lines(LENGTH).replace(b"POST ", b"POST  ") + b"{}"))
add("tab_in_the_request_line", lambda self: self.refuse(self.lines(LENGTH).replace(b"POST ", b"POST\t") + b"{}"))
add("control_in_the_target", lambda self: self.refuse(self.lines(LENGTH, path="/v1/chat\x01/completions") + b"{}"))


class UnusualAndAllowed(FerryCase):
    def serve(self, *fields, body, **line):
        client = self.client()
        client.send(FramingIsStrict.lines(self, *fields, **line) + body)
        answer = client.response()
        self.assertEqual(answer.status, 200, answer.raw)
        return client

    def chunked(self, nonce, *sizes):
        body, parts = self.body(nonce), b""
        for size in sizes:
            data, body = body[:size], body[size:]
            parts += b"%x\r\n" % len(data) + data + b"\r\n"
        return parts + (b"%x\r\n" % len(body) + body + b"\r\n" if body else b"")

    def test_a_chunked_request_is_served_and_sent_on_with_one_framing(self):
        nonce = self.nonce()
        body = self.chunked(nonce, 1, 2, 3) + b"0\r\n\r\n"
        self.serve("Transfer-Encoding: chunked", f"x-request-id: {nonce}", body=body)
        seen = self.upstream.wait_for(nonce)
        self.assertEqual(b"nonce" in seen.body, True)
        self.assertEqual(len(seen.fields("content-length")) + len(seen.fields("transfer-encoding")), 1)

    def test_chunks_of_every_size_are_served(self):
        head = FramingIsStrict.lines(self, "Transfer-Encoding: chunked")
        for size in (1, 100, 4095, 8192, 16_000, 16_384, 17_000, 20_000, 40_000, 65_536, 100_000, 300_000):
            nonce = self.nonce()
            body = self.body(nonce)[:-1] + b',"x":"' + b"x" * 300_000 + b'"}'
            parts = [body[i : i + size] for i in range(0, len(body), size)]
            if len(parts) > 2000:
                parts = [*parts[:2000], b"".join(parts[2000:])]
            framed = [b"%x\r\n" % len(part) + part + b"\r\n" for part in parts] + [b"0\r\n\r\n"]
            with self.subTest(size=size):
                client = self.client()
                client.send(head, b"".join(framed))
                answer = client.response()
                self.assertEqual(answer.status, 200, answer.raw)
                self.assertEqual(len(self.upstream.wait_for(nonce).body), len(body.replace(b"demo", b"up-1")))
                self.upstream.served.clear()  # without x-request-id there is no row to join

    def test_a_short_chunk_extension_is_ignored(self):
        nonce = self.nonce()
        body = self.chunked(nonce).replace(b"\r\n", b';a=b;c="d"\r\n', 1)
        self.serve("Transfer-Encoding: chunked", f"x-request-id: {nonce}", body=body + b"0\r\n\r\n")
        self.assertNotIn(b";a=b", self.upstream.wait_for(nonce).body)

    def test_trailers_are_dropped(self):
        nonce = self.nonce()
        body = self.chunked(nonce) + b"0\r\nAuthorization: Bearer trailer\r\nX-Trailer: yes\r\n\r\n"
        self.serve("Transfer-Encoding: chunked", f"x-request-id: {nonce}", body=body)
        seen = self.upstream.wait_for(nonce)
        self.assertNotIn(b"trailer", seen.head.lower() + seen.body.lower())

    def test_transfer_encoding_chunked_in_capitals_is_the_same_token(self):
        nonce = self.nonce()
        body = self.chunked(nonce) + b"0\r\n\r\n"
        self.serve("Transfer-Encoding: CHUNKED", f"x-request-id: {nonce}", body=body)

    def test_a_request_in_single_bytes_is_served(self):
        nonce = self.nonce()
        raw = self.request(self.body(nonce), nonce=nonce)
        client = self.client()
        client.send(*[raw[i : i + 1] for i in range(len(raw))])
        self.assertEqual(client.response().status, 200)

    def test_http_1_0_is_served_and_closed(self):
        nonce = self.nonce()
        raw = self.request(self.body(nonce), nonce=nonce).replace(b"HTTP/1.1", b"HTTP/1.0", 1)
        client = self.client()
        client.send(raw)
        answer = client.response()
        self.assertEqual(answer.status, 200)
        self.assertIsNone(answer.field("transfer-encoding"))
        self.assertTrue(client.is_closed_by_server())

    def test_an_absolute_target_does_not_choose_the_upstream(self):
        nonce = self.nonce()
        body = self.body(nonce)
        raw = self.request(body, nonce=nonce, path="http://attacker.example/v1/chat/completions")
        client = self.client()
        client.send(raw)
        answer = client.response()
        self.assertIn(answer.status, (200, 400), answer.raw)
        if answer.status == 200:
            self.assertNotIn(b"attacker", self.upstream.wait_for(nonce).head)
