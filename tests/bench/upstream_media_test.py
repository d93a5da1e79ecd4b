"""ferry-bench upstream makes and takes images and sound: JSON, forms, binary answers and streams."""
import base64
import hashlib
import json
import unittest

from raw_mock import MockTest, STREAM, elapsed_ms


class Media(MockTest):
    def named_events(self, answer):
        """(event line or None, data) of each event."""
        found = []
        for block in answer.body.decode().split("\n\n")[:-1]:
            lines = dict(line.split(": ", 1) for line in block.split("\n"))
            found.append((lines.get("event"), json.loads(lines["data"])))
        return found


class Images(Media):
    def generate(self, action=None, **members):
        return self.call("POST", "/images/generations", {"model": "dall-e-3", "prompt": self.text(action), **members})

    def change(self, what, action=None, **texts):
        parts = [("image", "a.png", b"png"), ("prompt", self.text(action)), *texts.items()]
        return self.call("POST", "/images/" + what, parts)

    def test_images_come_as_addresses_or_as_bytes(self):
        data = self.generate(n=2).json["data"]
        self.assertEqual([set(image) for image in data], [{"url"}] * 2)
        self.assertNotEqual(data[0], data[1])
        body = self.generate(response_format="b64_json").json
        self.assertTrue(base64.b64decode(body["data"][0]["b64_json"]).startswith(b"\x89PNG"))
        self.assertNotIn("usage", body)
        entries = self.mock.settled(self.nonce[6:], 2)
        self.assertEqual([(e["operation"], e["unit_kind"], e["units"]) for e in entries],
                         [("images.generations", "images", 2), ("images.generations", "images", 1)])
        self.assertEqual([(e["prompt_tokens"], e["usage_sent"]) for e in entries], [(0, False)] * 2)

    def test_the_newer_models_tell_their_tokens(self):
        body = self.generate({"prompt_tokens": 8}, model="gpt-image-1", n=2, size="1536x1024").json
        self.assertEqual([set(image) for image in body["data"]], [{"b64_json"}] * 2)
        self.assertEqual((body["size"], body["output_format"]), ("1536x1024", "png"))
        self.assertEqual(body["usage"], {
            "total_tokens": 552, "input_tokens": 8, "output_tokens": 544,
            "input_tokens_details": {"text_tokens": 8, "image_tokens": 0}})
        entry = self.entry()
        self.assertEqual((entry["units"], entry["completion_tokens_sent"]), (2, 544))
        self.assertNotIn("usage", self.generate({"usage": "none"}, model="gpt-image-1").json)

    def test_an_image_may_have_any_size(self):
        data = self.generate({"bytes": 3000}, response_format="b64_json").json["data"]
        self.assertEqual(len(base64.b64decode(data[0]["b64_json"])), 3000)

    def test_a_stream_has_partial_images_and_then_the_whole_one(self):
        answer = self.generate(model="gpt-image-1", partial_images=2, **STREAM)
        events = self.named_events(answer)
        names = ["image_generation.partial_image"] * 2 + ["image_generation.completed"]
        self.assertEqual([name for name, _ in events], names)
        self.assertEqual([data["type"] for _, data in events], names)
        self.assertEqual([data.get("partial_image_index") for _, data in events], [0, 1, None])
        self.assertEqual(["usage" in data for _, data in events], [False, False, True])
        self.assertNotIn(b"[DONE]", answer.body)
        entry = self.entry()
        self.assertEqual((entry["events"], entry["units"], entry["usage_sent"]), (3, 1, True))

    def test_streams_are_paced_and_may_break_off(self):
        _, took = elapsed_ms(lambda: self.generate({"interval_ms": 40}, partial_images=3, **STREAM))
        self.assertGreaterEqual(took, 3 * 40)
        events = self.named_events(self.generate({"error_after": 1}, partial_images=2, **STREAM))
        self.assertEqual([name for name, _ in events], ["image_generation.partial_image", "error"])
        self.assertIn("error", events[-1][1])

    def test_edits_and_variations_are_forms(self):
        self.assertEqual(len(self.change("edits", n="3").json["data"]), 3)
        self.assertEqual(len(self.change("variations").json["data"]), 1)
        self.assertEqual(self.change("edits", {"status": 429}).status, 429)
        name, data = self.named_events(self.change("edits", stream="true", model="gpt-image-1"))[-1]
        self.assertEqual((name, "usage" in data), ("image_edit.completed", True))
        entries = self.mock.settled(self.nonce[6:], 4)
        self.assertEqual([(e["operation"], e["units"]) for e in entries],
                         [("images.edits", 3), ("images.variations", 1), ("images.edits", 0), ("images.edits", 1)])
        self.assertEqual((entries[3]["model"], entries[3]["stream"]), ("gpt-image-1", True))

    def test_what_is_needed_is_named(self):
        for path, body, named in (("generations", {"model": "m"}, "prompt"), ("edits", [("prompt", "x")], "image"),
                                  ("edits", [("image", "a", b"x")], "prompt"), ("variations", [("n", "1")], "image")):
            answer = self.call("POST", "/images/" + path, body)
            self.assertEqual((answer.status, answer.json["error"]["param"]), (400, named))


class Speech(Media):
    def speak(self, action=None, text=None, **members):
        return self.call("POST", "/audio/speech",
                         {"model": "tts-1", "voice": "v", "input": text or self.text(action), **members})

    def test_sound_comes_in_chunks_and_is_hashed(self):
        answer = self.speak({"bytes": 100_000, "chunk_bytes": 9000})
        self.assertEqual((answer.header("content-type"), answer.header("transfer-encoding")), ("audio/mpeg", "chunked"))
        self.assertEqual(len(answer.body), 100_000)
        self.assertEqual(answer.raw.count(b"\r\n2328\r\n"), 11)  # 9000, and one chunk for the rest
        entry = self.entry()
        self.assertEqual((entry["sha256"], entry["body_bytes"]), (hashlib.sha256(answer.body).hexdigest(), 100_000))

    def test_characters_are_counted_not_bytes(self):
        text = self.nonce + " \u4f60\u597d \U0001f600"
        self.speak(text=text)
        entry = self.entry()
        self.assertEqual((entry["operation"], entry["unit_kind"], entry["units"]),
                         ("audio.speech", "characters", len(text)))

    def test_the_type_follows_the_format(self):
        for name, kind in (("wav", "audio/wav"), ("opus", "audio/opus"), ("pcm", "audio/pcm")):
            self.assertEqual(self.speak(response_format=name).header("content-type"), kind)
        self.assertEqual(self.speak(response_format="8track").status, 400)
        self.assertEqual(self.call("POST", "/audio/speech", {"model": "tts-1"}).status, 400)

    def test_actions_apply_to_sound(self):
        self.assertEqual(len(self.speak({"cut_at": 700}).body), 700)
        self.assertEqual(self.speak({"framing": "length", "bytes": 5}).header("content-length"), "5")
        _, took = elapsed_ms(lambda: self.speak({"chunks": 4, "interval_ms": 30}))
        self.assertGreaterEqual(took, 3 * 30)
        self.assertEqual(self.speak({"status": 500}).json["error"]["code"], "server_error")

    def test_a_stream_of_events_carries_the_sound_and_its_usage(self):
        answer = self.speak({"bytes": 1000, "chunks": 3, "prompt_tokens": 4}, stream_format="sse")
        self.assertTrue(answer.header("content-type").startswith("text/event-stream"))
        events = self.named_events(answer)
        self.assertEqual([data["type"] for _, data in events], ["speech.audio.delta"] * 3 + ["speech.audio.done"])
        self.assertEqual(len(b"".join(base64.b64decode(data["audio"]) for _, data in events[:3])), 1000)
        self.assertEqual(events[-1][1]["usage"], {"input_tokens": 4, "output_tokens": 3, "total_tokens": 7})
        self.assertEqual(self.entry()["completion_tokens_sent"], 3)
        events = self.named_events(self.speak({"chunks": 3, "error_after": 1}, stream_format="sse"))
        self.assertEqual([name for name, _ in events], [None, "error"])


class Transcriptions(Media):
    def hear(self, action=None, what="transcriptions", size=64_000, **texts):
        parts = [("file", "a.wav", b"x" * size), ("model", texts.pop("model", "whisper-1")),
                 ("prompt", self.text(action)), *texts.items()]
        return self.call("POST", "/audio/" + what, parts)

    def test_a_document_tells_the_duration(self):
        body = self.hear({"content": 'say "\u4f60"'}).json
        self.assertEqual(body, {"text": 'say "\u4f60"', "usage": {"type": "duration", "seconds": 2}})
        entry = self.entry()
        self.assertEqual((entry["operation"], entry["unit_kind"], entry["units"]),
                         ("audio.transcriptions", "seconds", 2))
        self.assertEqual((entry["prompt_tokens"], entry["usage_sent"], entry["model"]), (0, True, "whisper-1"))
        self.assertEqual(self.hear({"seconds": 7.25}).json["usage"]["seconds"], 7.25)
        self.assertEqual(self.entry(2)["units"], 7.25)

    def test_the_newer_models_tell_tokens(self):
        action = {"chunks": 3, "prompt_tokens": 5}
        usage = {"type": "tokens", "input_tokens": 5, "input_token_details": {"text_tokens": 0, "audio_tokens": 5},
                 "output_tokens": 3, "total_tokens": 8}
        self.assertEqual(self.hear(action, model="gpt-4o-transcribe").json["usage"], usage)
        entry = self.entry()
        self.assertEqual((entry["unit_kind"], entry["units"], entry["completion_tokens"]), ("tokens", 8, 3))
        self.assertEqual(self.hear({**action, "usage_type": "tokens"}).json["usage"], usage)
        told = self.hear({"usage_type": "duration", "seconds": 3}, model="gpt-4o-transcribe").json["usage"]
        self.assertEqual(told, {"type": "duration", "seconds": 3})

    def test_the_formats(self):
        action = {"content": "well said", "seconds": 61.5}
        plain = {"text": b"well said\n", "srt": b"1\n00:00:00,000 --> 00:01:01,500\nwell said\n\n",
                 "vtt": b"WEBVTT\n\n00:00:00.000 --> 00:01:01.500\nwell said\n\n"}
        for name, body in plain.items():
            answer = self.hear(action, response_format=name)
            self.assertEqual((answer.body, answer.header("content-type")), (body, "text/plain; charset=utf-8"))
        self.assertEqual([e["usage_sent"] for e in self.mock.settled(self.nonce[6:], 3)], [False] * 3)
        self.assertEqual([e["units"] for e in self.mock.ledger()], [61.5] * 3)
        body = self.hear(action, response_format="verbose_json", language="de").json
        self.assertEqual((body["task"], body["language"], body["duration"], body["text"]),
                         ("transcribe", "de", 61.5, "well said"))
        self.assertEqual((body["segments"][0]["text"], body["segments"][0]["end"]), ("well said", 61.5))
        self.assertEqual(body["usage"], {"type": "duration", "seconds": 61.5})
        answer = self.hear(response_format="opera")
        self.assertEqual((answer.status, self.mock.ledger()[-1]["units"]), (400, 0))

    def test_a_stream_has_deltas_and_the_whole_text(self):
        events = self.named_events(self.hear({"chunks": 3}, stream="true", model="gpt-4o-transcribe"))
        self.assertEqual([data["type"] for _, data in events],
                         ["transcript.text.delta"] * 3 + ["transcript.text.done"])
        self.assertEqual("".join(data["delta"] for _, data in events[:3]), events[3][1]["text"])
        self.assertEqual(events[3][1]["usage"]["output_tokens"], 3)
        entry = self.entry()
        self.assertEqual((entry["stream"], entry["events"], entry["completion_tokens_sent"]), (True, 4, 3))
        events = self.named_events(self.hear({"error_after": 1}, stream="true"))
        self.assertEqual([name for name, _ in events], [None, "error"])
        self.assertNotIn("usage", self.named_events(self.hear({"usage": "none"}, stream="true"))[-1][1])

    def test_translations_tell_no_usage_unless_told(self):
        self.assertEqual(self.hear({"content": "hi"}, "translations").json, {"text": "hi"})
        self.assertEqual(self.hear(what="translations", response_format="verbose_json").json["task"], "translate")
        told = self.hear({"usage_type": "duration", "seconds": 9}, "translations").json["usage"]
        self.assertEqual(told, {"type": "duration", "seconds": 9})
        self.assertEqual([(e["operation"], e["units"]) for e in self.mock.settled(self.nonce[6:], 3)],
                         [("audio.translations", 2), ("audio.translations", 2), ("audio.translations", 9)])

    def test_what_is_needed_is_named_and_actions_apply(self):
        answer = self.call("POST", "/audio/transcriptions", [("model", "w")])
        self.assertEqual((answer.status, answer.json["error"]["param"]), (400, "file"))
        self.assertEqual(self.call("POST", "/audio/transcriptions", {"model": "w"}).status, 400)
        self.assertEqual(self.hear({"status": 503}).status, 503)
        self.assertEqual(self.hear(model="mock-status-429").status, 429)


if __name__ == "__main__":
    unittest.main()
