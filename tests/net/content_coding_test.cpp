#include <boost/test/unit_test.hpp>

#include "net/coding_player.hpp"

using namespace ferry::net;
using namespace ferry::net::testing;

namespace {

http_head head_with(std::vector<std::string_view> values) {
    http_head head;
    for (const auto value : values) head.fields.push_back({"Content-Encoding", value});
    if (!values.empty()) head.content_encoding = values.front();
    return head;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(content_coding_suite)

BOOST_AUTO_TEST_CASE(the_field_names_codings_in_lists_in_any_case) {
    using enum content_coding;
    const struct {
        std::vector<std::string_view> values;
        std::optional<coding_list> means;
    } cases[] = {
        {{}, coding_list{}},
        {{""}, coding_list{}},
        {{"identity"}, coding_list{}},
        {{" , identity ,"}, coding_list{}},
        {{"gzip"}, coding_list{gzip}},
        {{"X-GZIP"}, coding_list{gzip}},
        {{"Deflate"}, coding_list{deflate}},
        {{"br"}, coding_list{brotli}},
        {{"zstd"}, coding_list{zstd}},
        {{"gzip, br"}, coding_list{gzip, brotli}},
        {{"gzip ,\tidentity, zstd"}, coding_list{gzip, zstd}},
        {{"gzip", "br"}, coding_list{gzip, brotli}},
        {{"compress"}, std::nullopt},
        {{"gzip;q=1"}, std::nullopt},
        {{"gzip br"}, std::nullopt},
        {{"gzip", "snappy"}, std::nullopt},
        {{"aws-chunked"}, std::nullopt},
        {{"gzip, gzip, gzip, gzip"}, std::nullopt},
    };
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT((one.values.empty() ? "none" : one.values.front())) {
            BOOST_TEST((content_codings(head_with(one.values)) == one.means));
        }
    }
}

BOOST_AUTO_TEST_CASE(every_coding_is_undone_in_every_split) {
    const auto text = sample();
    for (const auto& one : all) {
        const auto body = encode(one.how, text);
        for (std::size_t first = 0; first <= body.size(); ++first) {
            player play(list_of(one.coding));
            play.feed(body, first, body.size() + 1);
            BOOST_REQUIRE_MESSAGE(play.text == text && play.decoder.complete(), one.name << " cut at " << first);
        }
        for (const std::size_t step : {1, 2, 3, 7}) {
            for (const std::size_t room : {1, 2, 5, 100}) {
                player play(list_of(one.coding), {}, room);
                play.feed(body, 0, step);
                BOOST_REQUIRE_MESSAGE(play.text == text && play.decoder.complete(),
                                      one.name << " in pieces of " << step << " into room of " << room);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_was_flushed_comes_out_at_once) {
    const std::vector<std::string> events = {"data: one\n\n", ": waiting\n\n", "data: two\n\n", "data: [DONE]\n\n", ""};
    for (const auto& one : all) {
        player play(list_of(one.coding));
        std::string so_far;
        const auto parts = encode_parts(one.how, events);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            play.feed(parts[i]);
            so_far += events[i];
            BOOST_TEST_CONTEXT(one.name) BOOST_TEST(play.text == so_far);
            BOOST_TEST(play.decoder.complete() == (i + 1 == parts.size()), one.name << " after part " << i);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_list_is_undone_from_its_end) {
    const auto text = sample();
    for (const auto& inner : all) {
        for (const auto& outer : all) {
            auto codings = list_of(inner.coding);
            codings.push_back(outer.coding);
            const auto body = encode(outer.how, encode(inner.how, text));
            for (const std::size_t step : {std::size_t(1), std::size_t(5), body.size()}) {
                player play(codings, {}, 64);
                play.feed(body, 0, step);
                BOOST_TEST_CONTEXT(inner.name << " in " << outer.name << " by " << step) BOOST_TEST(play.text == text);
                BOOST_TEST(play.decoder.complete());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_list_breaks_only_behind_what_was_good) {
    coding_list codings = list_of(content_coding::gzip);
    codings.push_back(content_coding::zstd);
    player play(codings, {}, 3);
    play.feed(encode(form::zstd, encode(form::gzip, "good")) + "not zstd");
    BOOST_TEST(play.text == "good");
    BOOST_TEST((play.says == verdict::broken));
}

BOOST_AUTO_TEST_CASE(members_of_gzip_and_frames_of_zstd_follow_one_another) {
    for (const auto& one : {all[0], all[4]}) {
        const auto body = encode(one.how, "first ") + encode(one.how, "") + encode(one.how, "second");
        for (std::size_t first = 0; first <= body.size(); ++first) {
            player play(list_of(one.coding));
            play.feed(body, first, body.size() + 1);
            BOOST_TEST_CONTEXT(one.name << " cut at " << first) BOOST_TEST(play.text == "first second");
            BOOST_TEST(play.decoder.complete());
        }
    }
}

BOOST_AUTO_TEST_CASE(what_follows_the_end_is_no_part_of_a_body) {
    for (const auto& one : all) {
        for (const std::string_view behind : {"garbage", "\n\n\n\n", "{\"a\":1}"}) {
            const auto body = encode(one.how, "text") + std::string(behind);
            player whole(list_of(one.coding)), split(list_of(one.coding));
            whole.feed(body);
            split.feed(body, 0, 1);
            BOOST_TEST_CONTEXT(one.name) {
                BOOST_TEST(whole.text == "text");
                BOOST_TEST(split.text == "text");
                BOOST_TEST((whole.says == verdict::broken));
                BOOST_TEST((split.says == verdict::broken));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_body_that_was_cut_is_not_complete) {
    for (const auto& one : all) {
        const auto body = encode(one.how, sample());
        for (std::size_t cut = 1; cut < body.size(); ++cut) {
            player play(list_of(one.coding));
            play.feed(body.substr(0, cut));
            BOOST_TEST_CONTEXT(one.name << " cut at " << cut) BOOST_TEST((play.says == verdict::good));
            BOOST_TEST(!play.decoder.complete(), one.name << " cut at " << cut);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_body_without_a_byte_is_complete) {
    for (const auto& one : all) {
        player play(list_of(one.coding));
        play.feed("");
        BOOST_TEST_CONTEXT(one.name) BOOST_TEST((play.text.empty() && play.decoder.complete()));
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_in_the_coding_it_says_is_broken) {
    for (const auto& one : all) {
        for (const std::string_view body : {"{\"choices\":[]}", "data: {}\n\n", "\xff\xff\xff\xff\xff\xff\xff\xff"}) {
            player play(list_of(one.coding));
            play.feed(body);
            BOOST_TEST_CONTEXT(one.name << ": " << body)
            BOOST_TEST((play.says == verdict::broken || !play.decoder.complete()));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_changed_byte_is_noticed_where_the_coding_has_a_checksum) {
    for (const auto& one : {all[0], all[1]}) {
        const auto body = encode(one.how, sample());
        for (std::size_t at = 10; at < body.size(); ++at) {
            auto changed = body;
            changed[at] = static_cast<char>(changed[at] ^ 0x10);
            player play(list_of(one.coding));
            play.feed(changed);
            // Some changes mean the same, as a match further back of the same bytes does.
            const bool noticed = play.says == verdict::broken || !play.decoder.complete();
            BOOST_TEST((noticed || play.text == sample()), one.name << " at " << at);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
