"""What Ferry reads of a request is what every upstream parser reads: ambiguity is refused with 400, by name."""
import time

from harness import FerryCase

MESSAGES = '"messages":[{"role":"user","content":"x"}]'


def doc(members):
    return ("{" + members + "," + MESSAGES + "}").encode("utf-8", "surrogatepass")


DUPLICATES = {
    "model": '"model":"demo","model":"demo"', "model_last": '"model":"demo","x":1,"model":"other"',
    "model_escaped": '"model":"demo","mod\\u0065l":"other"', "stream": '"model":"demo","stream":false,"stream":true',
    "n": '"model":"demo","n":1,"n":2', "max_tokens": '"model":"demo","max_tokens":1,"max_tokens":2',
    "stream_options": '"model":"demo","stream":true,"stream_options":{},"stream_options":{}', "id": '"id":1,"id":2',
}
TWINS = {
    "Model": "model", "MODEL": "model", "mode\u004c": "model", "Stream": "stream", "\u017ftream": "stream",
    "Stream_Options": "stream_options", "max_to\u212aens": "max_tokens", "ID": "id", "MAX_TOKENS": "max_tokens",
    "N": "n", "\\u004dodel": "model",
}
INVALID = {
    "empty": b"", "spaces": b"   ", "array": b"[]", "string": b'"model"', "number": b"1",
    "truncated": b'{"model":"demo"',
    "trailing_comma": doc('"model":"demo",').replace(b",,", b",}"), "two_documents": doc('"model":"demo"') * 2,
    "single_quotes": b"{'model':'demo'}", "comment": b'{"model":"demo"/**/}', "nan": doc('"model":"demo","x":NaN'),
    "infinity": doc('"model":"demo","x":-Infinity'), "leading_zero": doc('"model":"demo","x":01'),
    "plus": doc('"model":"demo","x":+1'), "bare_point": doc('"model":"demo","x":1.'),
    "bare_exponent": doc('"model":"demo","x":1e'), "control_in_string": doc('"model":"demo","x":"a\nb"'),
    "bad_escape": doc('"model":"demo","x":"\\x41"'), "short_unicode_escape": doc('"model":"demo","x":"\\u12"'),
    "half_a_byte_order_mark": b"\xef\xbb" + doc('"model":"demo"'),
    "byte_order_mark_twice": b"\xef\xbb\xbf" * 2 + doc('"model":"demo"'),
    "byte_order_mark_inside": b"{\xef\xbb\xbf" + doc('"model":"demo"')[1:],
    "utf_16": doc('"model":"demo"').decode().encode("utf-16"),
    "invalid_utf_8": doc('"model":"demo","x":"!"').replace(b"!", b"\xff"),
    "overlong_utf_8": doc('"model":"demo","x":"!"').replace(b"!", b"\xc0\xaf"),
    "encoded_surrogate": doc('"model":"demo","x":"\ud800"'), "truncated_utf_8": doc('"model":"demo"') + b"\xe4\xbd",
    "nul_outside": doc('"model":"demo"') + b"\0",
}
BAD_VALUES = {
    "model_number": '"model":1', "model_null": '"model":null', "model_list": '"model":["demo"]',
    "stream_string": '"model":"demo","stream":"true"', "stream_number": '"model":"demo","stream":1',
    "n_negative": '"model":"demo","n":-1', "n_fraction": '"model":"demo","n":1.5',
    "n_huge": '"model":"demo","n":1e9', "max_tokens_negative": '"model":"demo","max_tokens":-5',
    "max_tokens_2_64": '"model":"demo","max_tokens":18446744073709551616',
    "stream_options_list": '"model":"demo","stream":true,"stream_options":[]',
}
BAD_IDS = ["0", "-1", "1.0", "1e0", '"5"', "true", "9223372036854775808", "99999999999999999999", "[5]", "-0"]


class RequestsAreUnambiguous(FerryCase):
    def refused(self, body, status=400, code=None):
        client = self.client()
        client.send(self.request(body))
        answer = self.assert_error(client.response(), status, code)
        self.assert_nothing_upstream()
        return answer

    def test_an_id_that_is_no_row_is_404(self):
        self.refused(doc('"id":987654'), 404, "model_not_found")

    def test_an_id_of_another_type_or_range_is_400(self):
        for value in BAD_IDS:
            with self.subTest(id=value):
                self.refused(doc(f'"id":{value},"model":"demo"'), 400, "invalid_id")

    def test_a_conversation_id_that_is_no_integer_is_400(self):
        for value in ('"x"', "1.5", "[]"):
            with self.subTest(conversationId=value):
                self.refused(doc(f'"model":"demo","conversationId":{value}'))

    def test_depth_up_to_128_is_served_and_beyond_is_refused(self):
        nonce = self.nonce()
        # The document itself is one level.
        nested = lambda depth: doc('"model":"demo","x":' + "[" * (depth - 1) + "]" * (depth - 1))
        client = self.client()
        client.send(self.request(nested(128), nonce=nonce))
        self.assertEqual(client.response().status, 200)
        before = len(self.upstream.raw)
        client.send(self.request(nested(129)))
        self.assert_error(client.response(), 400)
        self.assertEqual(len(self.upstream.raw), before)

    def test_a_million_brackets_are_refused_quickly(self):
        began = time.process_time(), time.monotonic()
        self.refused(b'{"model":"demo","x":' + b"[" * 1_000_000)
        self.refused(b'{"model":"demo","x":' + b'{"a":' * 200_000)
        self.assertLess(time.monotonic() - began[1], 5)

    def test_many_members_do_no_harm(self):
        nonce = self.nonce()
        body = doc('"model":"demo",' + ",".join(f'"k{i}":{i}' for i in range(100_000)))
        client = self.client()
        client.send(self.request(body, nonce=nonce))
        self.assertEqual(client.response().status, 200)

    def test_an_unrouted_duplicate_is_the_upstreams_business(self):
        nonce = self.nonce()
        body = self.body(nonce)[:-1] + b',"x":1,"x":2,"X":3}'
        client = self.client()
        client.send(self.request(body, nonce=nonce))
        self.assertEqual(client.response().status, 200)
        self.assertTrue(self.upstream.wait_for(nonce).body.endswith(b',"x":1,"x":2,"X":3}'))

    def test_a_routed_name_deeper_inside_is_no_duplicate(self):
        nonce = self.nonce()
        body = self.body(nonce, tools=[{"model": "other", "stream": True, "Model": 1}])
        client = self.client()
        client.send(self.request(body, nonce=nonce))
        self.assertEqual(client.response().status, 200)

    def test_a_model_name_in_escapes_is_the_same_name(self):
        nonce = self.nonce()
        body = self.body(nonce).replace(b'"demo"', b'"\\u0064em\\u006f"')
        client = self.client()
        client.send(self.request(body, nonce=nonce))
        self.assertEqual(client.response().status, 200)
        self.assertIn(b'"up-1"', self.upstream.wait_for(nonce).body)


def refuses(body, code=None, names=None):
    def test(self):
        answer = self.refused(body, 400, code)
        if names:
            self.assertIn(names, answer.error["message"] + str(answer.error["param"]))

    return test


for name, members in DUPLICATES.items():
    routed = name.split("_last")[0].split("_escaped")[0]
    setattr(RequestsAreUnambiguous, f"test_duplicate_{name}", refuses(doc(members), "duplicate_field", routed))
for number, (twin, routed) in enumerate(TWINS.items()):
    body = doc(f'"model":"demo","{twin}":1')
    setattr(RequestsAreUnambiguous, f"test_twin_{number}_of_{routed}", refuses(body, "duplicate_field", routed))
for name, body in INVALID.items():
    setattr(RequestsAreUnambiguous, f"test_invalid_{name}", refuses(body))
for name, members in BAD_VALUES.items():
    setattr(RequestsAreUnambiguous, f"test_value_{name}", refuses(doc(members)))
