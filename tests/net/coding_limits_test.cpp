#include <boost/test/unit_test.hpp>

#include "net/coding_player.hpp"

using namespace ferry::net;
using namespace ferry::net::testing;

BOOST_AUTO_TEST_SUITE(coding_limits_suite)

BOOST_AUTO_TEST_CASE(expansion_stops_at_its_limits) {
    const std::string bomb(8u << 20, ' ');
    for (const auto& one : all) {
        const auto body = encode(one.how, bomb);
        const expansion_limits absolute{.bytes = 1u << 20}, by_ratio{.ratio = 200, .ratio_from = 2u << 20};
        player stopped(list_of(one.coding), absolute, 16384), thin(list_of(one.coding), by_ratio, 16384);
        stopped.feed(body);
        thin.feed(body);
        BOOST_TEST_CONTEXT(one.name) {
            BOOST_TEST((stopped.says == verdict::too_large));
            BOOST_TEST(stopped.text.size() <= absolute.bytes + 16384);
            BOOST_TEST((thin.says == verdict::too_large));
            BOOST_TEST(thin.text.size() > by_ratio.ratio_from);
            BOOST_TEST(thin.text.size() < bomb.size());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_text_of_ordinary_density_passes_a_limit_on_the_ratio) {
    std::string text;
    while (text.size() < (2u << 20)) text += "line " + std::to_string(text.size() * 2654435761u) + "\n";
    for (const auto& one : all) {
        player play(list_of(one.coding), {.bytes = 8u << 20, .ratio = 200, .ratio_from = 1u << 20}, 65536);
        play.feed(encode(one.how, text));
        BOOST_TEST_CONTEXT(one.name) BOOST_TEST((play.text == text && play.says == verdict::good));
    }
}

BOOST_AUTO_TEST_CASE(memory_is_bounded_by_the_format) {
    std::string noise;
    for (std::uint32_t i = 1; noise.size() < (5u << 20); i = i * 1664525u + 1013904223u) noise += std::to_string(i);
    for (const auto& one : all) {
        player play(list_of(one.coding), {}, 65536);
        play.feed(encode(one.how, noise));
        BOOST_TEST_CONTEXT(one.name) {
            BOOST_TEST((play.text == noise));
            BOOST_TEST(play.decoder.memory() > 0);
            BOOST_TEST(play.decoder.memory() < (18u << 20));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_window_of_zstd_beyond_8_mib_is_refused) {
    const auto text = sample();
    for (const int log : {23, 24, 27}) {
        // A flush in between: else the encoder knows the size, and shrinks the window to it.
        const auto parts = zstd_parts({text, text}, log);
        player play(list_of(content_coding::zstd));
        play.feed(parts[0] + parts[1]);
        BOOST_TEST_CONTEXT("window of 2^" << log)
        BOOST_TEST((play.says == (log > 23 ? verdict::broken : verdict::good)));
    }
}

BOOST_AUTO_TEST_CASE(formats_older_than_zstd_1_are_refused_and_skippable_frames_skipped) {
    player old(list_of(content_coding::zstd)), skips(list_of(content_coding::zstd));
    old.feed("\x27\xb5\x2f\xfd and so on");
    BOOST_TEST((old.says == verdict::broken));
    const std::string skipped("\x5a\x2a\x4d\x18\x03\x00\x00\x00xyz", 11);
    skips.feed(skipped + encode(form::zstd, "text") + skipped, 0, 1);
    BOOST_TEST(skips.text == "text");
    BOOST_TEST(skips.decoder.complete());
}

BOOST_AUTO_TEST_SUITE_END()
