#include "usage/text_features.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

using ferry::usage::features_of;
using ferry::usage::text_counter;
using ferry::usage::text_feature;
using ferry::usage::text_features;

namespace {

const std::string mixed_scripts =
    "The quick brownFox, \"it\" costs 1234567 USD;\n\n\tif (x_1 == 0x7f) { return a->b; }  // ----\r\n"
    "Größe naïve Łódź; Привет, мир! Ελλάδα שלום; 今天天气很好，我们去公园。ひらがなとカタカナ、한국어 문장 😀…∑\x01\x7f";

std::uint64_t feature_count(std::string_view text, text_feature feature) {
    return features_of(text)[static_cast<std::size_t>(feature)];
}

std::string random_text(std::mt19937& random, std::size_t size) {
    // Whole characters and single bytes, long runs and short ones.
    static const std::string parts[] = {
        "a",  "Z",  "word",        "  ",       "\n",    "0",  "99", "--",   "é",    "ж",    "中",
        "文", "か", "カ",          "한",       "😀",     "，", "…",  "\xff", "\x80", "\xe3", std::string(1, '\0'),
        "q",  "\t", "information", "Northern", "qzxvk", "的", "龘"};
    std::string text;
    while (text.size() < size) {
        const auto& part = parts[random() % std::size(parts)];
        for (auto times = random() % 12; times != 0; --times) text += part;
        if (random() % 4 == 0) text += static_cast<char>(random());
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(text_features_suite)

BOOST_AUTO_TEST_CASE(how_a_text_is_cut_changes_nothing) {
    const auto text = mixed_scripts + mixed_scripts;
    const auto whole = features_of(text);
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        text_counter counter;
        counter.add(std::string_view(text).substr(0, cut));
        counter.add({});
        counter.add(std::string_view(text).substr(cut));
        BOOST_TEST_REQUIRE((counter.features() == whole), cut);
    }
    for (std::size_t size = 1; size < 200; ++size) {
        text_counter counter;
        for (std::size_t at = 0; at < text.size(); at += size) counter.add(std::string_view(text).substr(at, size));
        BOOST_TEST_REQUIRE((counter.features() == whole), size);
    }
}

BOOST_AUTO_TEST_CASE(all_twins_agree) {
    std::mt19937 random(20261127);
    for (int round = 0; round < 2000; ++round) {
        std::string text(random() % 300, '\0');
        if (round % 2 == 0)
            text = random_text(random, text.size());
        else
            for (auto& byte : text) byte = static_cast<char>(random());
        const auto cut = text.empty() ? 0 : random() % text.size();
        text_counter by_32, by_16, by_1;
        // Each piece stands by itself: what was before it is not in front of it.
        for (const auto& piece : {text.substr(0, cut), text.substr(cut)})
            by_32.add(piece), by_16.add_by_16(piece), by_1.add_by_1(piece);
        BOOST_TEST_REQUIRE((features_of(text) == by_1.features()), text);
        BOOST_TEST_REQUIRE((by_32.features() == by_1.features()), text);
        BOOST_TEST_REQUIRE((by_16.features() == by_1.features()), text);
    }
}

BOOST_AUTO_TEST_CASE(features_are_what_they_are_called) {
    using enum text_feature;
    BOOST_TEST(feature_count("one Two three_four", word_lower) == 2u);
    BOOST_TEST(feature_count("one Two three_four", word_upper) == 1u);
    BOOST_TEST(feature_count("one Two three_four", word_glued) == 1u);
    BOOST_TEST(feature_count("中a", word_after_wide) == 1u);
    BOOST_TEST(feature_count("camelCaseHTTP", capital_inside) == 2u);
    BOOST_TEST(feature_count("abcdefghij", letter_late) == 3u);
    BOOST_TEST(feature_count("12345 678", digit_first) == 1u);
    BOOST_TEST(feature_count("12345 678", digit_after_space) == 1u);
    BOOST_TEST(feature_count("12345 678", digit_next) == 4u);
    BOOST_TEST(feature_count("12345 678", digit_late) == 2u);
    BOOST_TEST(feature_count("a); --- (", punct_after_word) == 1u);
    BOOST_TEST(feature_count("a); --- (", punct_after_space) == 2u);
    BOOST_TEST(feature_count("a); --- (", punct_next) == 1u);
    BOOST_TEST(feature_count("a); --- (", punct_repeat) == 2u);
    BOOST_TEST(feature_count("\n(", punct_first) == 1u);
    BOOST_TEST(feature_count("      x", space_second) == 1u);
    BOOST_TEST(feature_count("  x  y z", space_second) == 2u);
    BOOST_TEST(feature_count("a\n\nb;\nc", newline) == 1u);
    BOOST_TEST(feature_count(std::string("\0\x01\x7f", 3), control) == 3u);
    BOOST_TEST(feature_count("мир привет", cyrillic_first) == 2u);
    BOOST_TEST(feature_count("мир привет", cyrillic_next) == 4u);
    BOOST_TEST(feature_count("мир привет", cyrillic_late) == 3u);
    BOOST_TEST(feature_count("今天，很好", han_first) == 2u);
    BOOST_TEST(feature_count("的是不了", han_common) == 4u);
    BOOST_TEST(feature_count("春", han_known) == 1u);
    BOOST_TEST(feature_count("龘", han_rare) == 1u);
    BOOST_TEST(feature_count("한국어", hangul_first) == 1u);
    BOOST_TEST(feature_count("한국어", hangul_next) == 2u);
    BOOST_TEST(feature_count("ひら、カ", cjk_punct) == 1u);
    BOOST_TEST(feature_count("😀😀", astral) == 2u);
}

BOOST_AUTO_TEST_CASE(words_that_vocabularies_lack_are_new) {
    using enum text_feature;
    // A word is counted at the byte behind it.
    BOOST_TEST(feature_count("the house of information ", word_new) == 0u);
    BOOST_TEST(feature_count("getInformation(", word_new) == 0u);
    BOOST_TEST(feature_count("qzxvkj", word_new) == 0u);
    BOOST_TEST(feature_count("qzxvkj ", word_new) == 1u);
    BOOST_TEST(feature_count("qzxvkj ", letter_new) == 6u);
    BOOST_TEST(feature_count("qzxvkjHouse;", word_new) == 1u);
    BOOST_TEST(feature_count("qzxvkjÿ", word_new) == 1u);
    // Of a long word the last eight letters count.
    for (std::size_t size = 8; size < 200; ++size) {
        BOOST_TEST(feature_count(std::string(size - 6, 'a') + "qzxvkj.", word_new) == 1u);
        BOOST_TEST(feature_count(std::string(size - 6, 'a') + "qzxvkj.", letter_new) == 8u);
    }
    // Wherever it stands.
    for (std::size_t before = 0; before < 200; ++before) {
        const auto blanks = std::string(before, ' ');
        BOOST_TEST_REQUIRE(feature_count(blanks + "information.", word_new) == 0u, before);
        BOOST_TEST_REQUIRE(feature_count(blanks + "Northern.", word_new) == 0u, before);
        BOOST_TEST_REQUIRE(feature_count(blanks + "qzxvk.", letter_new) == 5u, before);
        BOOST_TEST_REQUIRE(feature_count(blanks + "的a龘", han_rare) == 1u, before);
    }
}

BOOST_AUTO_TEST_CASE(nothing_counts_less_for_what_is_put_behind_it) {
    std::mt19937 random(7);
    const auto text = random_text(random, 2000);
    text_counter counter;
    auto before = counter.features();
    BOOST_TEST((before == text_features{}));
    for (const char byte : text + "information qzxvkjHouse") {
        counter.add({&byte, 1});
        const auto now = counter.features();
        for (std::size_t i = 0; i < now.size(); ++i) BOOST_TEST_REQUIRE(now[i] >= before[i]);
        before = now;
    }
}

BOOST_AUTO_TEST_SUITE_END()
