#include "relay/answer/event_flow.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>

#include "relay/answer/gate_play.hpp"

using namespace ferry;
using namespace ferry::relay;
using namespace ferry::relay::testing;

namespace {

struct flowed {
    std::string text, code;
    bool operator==(const flowed&) const = default;
};

gate_options gate(bool asked) {
    gate_options options;
    options.client_asked_usage = asked;
    options.service = &provider::find_provider("other");
    return options;
}

// One read of the upstream: the payload of one or several chunks, in memory that is gone after written().
class reads {
public:
    explicit reads(bool asked) : flow_(gate(asked), said_) {}

    void take(const std::vector<std::string_view>& chunks) {
        if (!out_.code.empty()) return;
        std::vector<std::unique_ptr<std::string>> memory;
        ferry::piece_list payload;
        for (const auto chunk : chunks) payload.push_back(*memory.emplace_back(std::make_unique<std::string>(chunk)));
        note(flow_.take(payload));
        collect();
        for (auto& one : memory) one->assign(one->size(), '#');
    }
    flowed end(stream_end how) {
        holding_ = false;
        if (out_.code.empty()) note(flow_.end(how));
        collect();
        return out_;
    }
    const std::string& text() const { return out_.text; }
    event_flow& flow() { return flow_; }
    // What is taken is kept until collect() or end().
    void hold() { holding_ = true; }
    void collect() {
        if (holding_) return flow_.hold();
        for (const auto piece : flow_.pieces()) out_.text += piece;
        flow_.written();
    }

private:
    void note(const std::optional<fault>& failed) {
        if (failed) out_.code = openai::code_text(*failed);
    }
    transcript said_;
    event_flow flow_;
    flowed out_;
    bool holding_ = false;
};

flowed in_pieces(std::string_view stream, std::size_t first, std::size_t step, stream_end how, bool asked,
                 bool held = false) {
    reads all(asked);
    if (held) all.hold();
    if (first > 0) all.take({stream.substr(0, first)});
    for (auto at = first; at < stream.size(); at += step) all.take({stream.substr(at, step)});
    return all.end(how);
}

struct stream_case {
    const char* what;
    std::string stream;
    stream_end how = stream_end::clean;
    bool asked = false;
};

const std::string crlf = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\r\n\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(event_flow_suite)

BOOST_AUTO_TEST_CASE(J11_any_split_of_a_stream_gives_the_same_bytes) {
    const stream_case cases[] = {
        {"ordinary", join({hello, hello, finish, done})},
        {"usage asked for", join({": hi\n\n", hello, finish, usage_event, done}), stream_end::clean, true},
        {"usage to drop", join({hello, finish, usage_event, done})},
        {"usage after DONE", join({hello, finish, done, usage_event})},
        {"CRLF and a comment", join({crlf, ": ping\r\n\r\n", crlf, finish, done})},
        {"no last blank line", join({hello, finish, "data: [DONE]"})},
        {"no DONE", join({hello, finish})},
        {"cut inside an event", join({hello, "data: {\"cho"}), stream_end::truncated},
        {"an error event", join({hello, "data: {\"error\":{\"message\":\"no\"}}\n\n", hello})},
        {"junk", join({hello, "data: <html>\n\n", hello, finish, done})},
        {"two data lines", join({hello, "data: {\"choices\":\ndata: []}\n\n", finish, done})},
        {"empty", ""},
    };
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.what) {
            const auto whole = in_pieces(one.stream, one.stream.size(), one.stream.size() + 1, one.how, one.asked);
            for (std::size_t first = 0; first <= one.stream.size(); ++first) {
                const auto split = in_pieces(one.stream, first, one.stream.size() + 1, one.how, one.asked);
                BOOST_TEST((split == whole), "cut at " << first << ": " << split.text << " / " << whole.text);
            }
            for (const std::size_t step : {1, 2, 3, 5, 16}) {
                BOOST_TEST((in_pieces(one.stream, 0, step, one.how, one.asked) == whole), "pieces of " << step);
                const auto held = in_pieces(one.stream, 0, step, one.how, one.asked, true);
                BOOST_TEST((held == whole), "held, pieces of " << step);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(P24_a_long_event_that_is_read_as_it_comes_is_judged_as_if_it_had_come_at_once) {
    const std::string text(100'000, 'x'), members = [] {
        std::string out;
        for (int i = 0; i < 9000; ++i) out += "\"m" + std::to_string(i) + "\":[{}],";
        return out;
    }();
    const auto event = [](const std::string& inside, std::string_view end = "\n\n") {
        return "data: {" + inside + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}" + std::string(end);
    };
    const std::string usage =
        "data: {" + members + R"("choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3}})";
    const stream_case cases[] = {
        {"members", join({hello, event(members), finish, done})},
        {"a byte order mark", join({"\xef\xbb\xbf", event(members), hello, finish, done})},
        {"CRLF", join({event(members, "\r\n\r\n"), hello, finish, done})},
        {"CR", join({event(members, "\r\r"), "data: " + text + "\r\r", hello})},
        {"usage that nobody asked for", join({hello, finish, usage + "\n\n", done})},
        {"usage", join({hello, finish, usage + "\n\n", done}), stream_end::clean, true},
        {"usage behind DONE", join({hello, finish, done, usage + "\n\n"})},
        {"two data lines", join({"data: {" + members + "\ndata: \"choices\":[]}\n\n", hello, finish, done})},
        {"a comment", join({": " + text + "\n\n", hello, finish, done})},
        {"a name and no data", join({"event: " + text + "\n\n", hello, finish, done})},
        {"an error", join({hello, "data: {" + members + "\"error\":{\"message\":\"no\"}}\n\n", hello})},
        {"broken", join({hello, "data: {" + members + "}}\n\n", finish, done})},
        {"cut", join({hello, "data: {" + members}), stream_end::truncated},
        {"no last blank line", join({hello, finish, usage}), stream_end::clean, true},
        {"longer than is held", join({hello, event(members + "\"t\":\"" + std::string(1'200'000, 'y') + "\","),
                                      finish, usage_event, done})},
    };
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.what) {
            const auto at_once = in_pieces(one.stream, 0, one.stream.size() + 1, one.how, one.asked);
            for (const std::size_t step : {16'384u, 17'001u, 50'000u, 65'536u}) {
                for (const std::size_t first : {0u, 2u, 40'000u}) {
                    const auto split = in_pieces(one.stream, first, step, one.how, one.asked);
                    BOOST_TEST((split == at_once), "pieces of " << step << " behind " << first);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(chunks_of_one_read_join_as_reads_do) {
    const auto stream = join({hello, finish, usage_event, done});
    const auto whole = in_pieces(stream, stream.size(), 1, stream_end::clean, false);
    BOOST_TEST(whole.text == join({hello, finish, done}));
    for (std::size_t a = 0; a <= stream.size(); a += 3) {
        for (std::size_t b = a; b <= stream.size(); b += 5) {
            const std::string_view all = stream;
            reads chunks(false);
            chunks.take({all.substr(0, a), all.substr(a, b - a), all.substr(b)});
            BOOST_TEST((chunks.end(stream_end::clean) == whole), "chunks end at " << a << " and " << b);
        }
    }
}

BOOST_AUTO_TEST_CASE(whole_events_are_written_from_where_they_were_read_in_one_piece) {
    transcript said;
    event_flow flow(gate(false), said);
    const auto stream = join({hello, hello, hello});
    const ferry::piece_list payload = {stream};
    BOOST_TEST(!flow.take(payload));
    BOOST_REQUIRE(flow.pieces().size() == 1);
    BOOST_TEST((flow.pieces()[0].data() == stream.data()));
    BOOST_TEST(flow.pieces()[0].size() == stream.size());
    BOOST_TEST(flow.has_payload());
}

BOOST_AUTO_TEST_CASE(every_whole_event_goes_out_with_the_read_that_ended_it) {
    reads all(false);
    all.take({hello.substr(0, 10)});
    BOOST_TEST(all.text() == "");
    all.take({hello.substr(10)});
    BOOST_TEST(all.text() == hello);
    all.take({join({hello, hello.substr(0, 4)})});
    BOOST_TEST(all.text() == join({hello, hello}));
}

BOOST_AUTO_TEST_CASE(DONE_waits_for_the_end_or_for_its_release) {
    reads all(false);
    all.take({join({hello, finish, done})});
    BOOST_TEST(all.text() == join({hello, finish}));
    BOOST_TEST(all.flow().gate().holding_done());
    all.flow().release_done();
    all.collect();
    BOOST_TEST(all.text() == join({hello, finish, done}));
    BOOST_TEST(all.end(stream_end::clean).text == join({hello, finish, done}));
}

BOOST_AUTO_TEST_CASE(J11_an_event_over_a_mebibyte_passes_untouched_and_the_stream_goes_on) {
    const auto large = R"(data: {"choices":[{"index":0,"delta":{"content":")" + std::string(3 << 20, 'x') +
                       R"("}}]})"
                       "\n\n";
    const auto stream = join({hello, large, hello, finish, done});
    for (const std::size_t step : {4'096, 16'384, 1'000'003}) {
        const auto got = in_pieces(stream, 0, step, stream_end::clean, false);
        BOOST_TEST((got.text == stream), "pieces of " << step);
        BOOST_TEST(got.code == "");
    }
}

BOOST_AUTO_TEST_CASE(an_event_over_a_mebibyte_that_cannot_be_read_is_lost_content) {
    const auto large = [](std::string_view end) {
        return R"(data: {"choices":[{"index":0,"delta":{"content":")" + std::string(3 << 20, 'x') + std::string(end);
    };
    for (const std::string_view end : {"\n\n", "\x01\"}}]}\n\n", "\"}}]\n\n", "\"}}]}}\n\n"}) {
        for (const std::size_t step : {16'384, 1'000'003}) {
            const auto stream = join({hello, large(end), hello, finish, done});
            const auto got = in_pieces(stream, 0, step, stream_end::clean, false);
            BOOST_TEST(got.code == "upstream_invalid_response");
            BOOST_TEST(got.text.find("\n\ndata: {\"error\":{") != std::string::npos);
            BOOST_TEST(got.text.find("[DONE]") == std::string::npos);
        }
    }
    const auto cut = in_pieces(join({hello, large("")}), 0, 16'384, stream_end::truncated, false);
    BOOST_TEST(cut.code == "upstream_stream_interrupted");
    BOOST_TEST(cut.text.find("\n\ndata: {\"error\":{") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_an_event_over_a_mebibyte_says_is_known) {
    const auto last = R"(data: {"choices":[{"index":0,"delta":{"content":")" + std::string(3 << 20, 'x') +
                      R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":3}})"
                      "\n\n";
    reads all(false);
    for (std::size_t at = 0; at < last.size(); at += 16'384) all.take({std::string_view(last).substr(at, 16'384)});
    const auto got = all.end(stream_end::clean);
    BOOST_TEST(got.code == "");
    BOOST_TEST((got.text == last + std::string(done)));
    BOOST_TEST(all.flow().gate().said().usage()->prompt.value() == 12);
    BOOST_TEST(all.flow().gate().said().finish_reason() == "stop");
}

BOOST_AUTO_TEST_CASE(a_stream_that_was_cut_ends_in_an_error_and_without_DONE) {
    const auto got = in_pieces(join({hello, "data: {\"cho"}), 0, 7, stream_end::truncated, false);
    BOOST_TEST(!got.code.empty());
    BOOST_TEST(got.text.starts_with(hello));
    BOOST_TEST(got.text.find("data: {\"error\"") != std::string::npos);
    BOOST_TEST(got.text.find("[DONE]") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
