#include "usage/estimator.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using ferry::provider::image_rule_of;
using ferry::provider::vocabulary;
using ferry::provider::vocabulary_of;
using namespace ferry::usage;

namespace {

// Lines of class, tokens of o200k_base and features, from texts that are too long, or not ours, to be kept here.
struct corpus_row {
    std::string kind;
    double tokens = 0;
    text_features features{};
};

std::vector<corpus_row> token_corpus() {
    std::ifstream file(FERRY_SOURCE_DIR "/tests/usage/token_corpus.tsv");
    std::vector<corpus_row> rows;
    for (std::string line; std::getline(file, line);) {
        std::istringstream cells(line);
        corpus_row row;
        cells >> row.kind >> row.tokens;
        for (auto& count : row.features) cells >> count;
        BOOST_TEST_REQUIRE(!cells.fail());
        rows.push_back(row);
    }
    return rows;
}

std::int64_t tokens_by(vocabulary of, std::string_view text) {
    return estimate_text(features_of(text), of).tokens;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(estimator_suite)

BOOST_AUTO_TEST_CASE(errors_on_the_corpus_are_small) {
    std::map<std::string, std::vector<double>> errors;
    for (const auto& row : token_corpus()) {
        const auto told = static_cast<double>(estimate_text(row.features, vocabulary::o200k).tokens);
        errors[row.kind].push_back(told / row.tokens - 1);
    }
    BOOST_TEST(errors.size() >= 10u);
    for (const auto& [kind, all] : errors) {
        double absolute = 0, bias = 0;
        for (const auto error : all) absolute += std::abs(error), bias += error;
        const auto count = static_cast<double>(all.size());
        const double most = kind == "english" || kind == "japanese" || kind == "schema" ? 0.03 : 0.06;
        BOOST_TEST(absolute / count < most, kind << ' ' << absolute / count);
        BOOST_TEST(std::abs(bias) / count < 0.05, kind << ' ' << bias / count);
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_0_and_more_is_not_less) {
    for (const auto of : {vocabulary::o200k, vocabulary::cl100k, vocabulary::of_129k, vocabulary::of_152k,
                          vocabulary::of_248k, vocabulary::unknown}) {
        BOOST_TEST(tokens_by(of, "") == 0);
        const std::string text = "Hello, world 2026! 你好 мир\n" + std::string(300, 'a') + std::string(300, ' ');
        for (std::size_t size = 1; size <= text.size(); ++size)
            BOOST_TEST_REQUIRE(tokens_by(of, text.substr(0, size)) >= tokens_by(of, text.substr(0, size - 1)));
    }
}

BOOST_AUTO_TEST_CASE(huge_counts_do_not_overflow) {
    text_features features;
    features.fill(std::numeric_limits<std::uint64_t>::max());
    const auto told = estimate_text(features, vocabulary::o200k).tokens;
    BOOST_TEST(told > std::int64_t{1} << 50);
    features.fill(std::uint64_t{1} << 40);
    BOOST_TEST(estimate_text(features, vocabulary::o200k).tokens > std::int64_t{1} << 40);
}

BOOST_AUTO_TEST_CASE(names_tell_the_vocabulary) {
    BOOST_TEST((vocabulary_of("", "gpt-4o-mini") == vocabulary::o200k));
    BOOST_TEST((vocabulary_of("", "gpt-4.1") == vocabulary::o200k));
    BOOST_TEST((vocabulary_of("", "gpt-4-turbo") == vocabulary::cl100k));
    BOOST_TEST((vocabulary_of("", "GPT-5") == vocabulary::o200k));
    BOOST_TEST((vocabulary_of("other", "org/DeepSeek-V3") == vocabulary::of_129k));
    BOOST_TEST((vocabulary_of("qwen", "my-model") == vocabulary::of_152k));
    BOOST_TEST((vocabulary_of("qwen", "qwen3.5-plus") == vocabulary::of_248k));
    BOOST_TEST((vocabulary_of("other", "my-model") == vocabulary::unknown));
}

BOOST_AUTO_TEST_CASE(a_chat_has_its_frame) {
    BOOST_TEST(frame_tokens({}) == 0);
    BOOST_TEST(frame_tokens({.messages = 2}) == 9);
    BOOST_TEST(frame_tokens({.messages = 1, .names = 1, .tools = 2}) == 23);
    BOOST_TEST(call_tokens(2) == 14);
}

BOOST_AUTO_TEST_CASE(images_by_their_formulas) {
    const auto tokens = [](std::string_view model, image_size size, image_detail detail = image_detail::high) {
        return image_tokens(image_rule_of(model), size, detail);
    };
    BOOST_TEST(tokens("gpt-4o", {1024, 1024}) == 765);
    BOOST_TEST(tokens("gpt-4o", {2048, 4096}) == 1105);
    BOOST_TEST(tokens("gpt-4o", {4096, 8192}, image_detail::low) == 85);
    BOOST_TEST(tokens("gpt-4o-mini", {512, 512}) == 8500);
    BOOST_TEST(tokens("gpt-4.1-mini", {1024, 1024}) == 1659);  // 1024 patches
    BOOST_TEST(tokens("gpt-4.1-mini", {1800, 2400}) == 2353);  // 1452 patches, as the guide has it
    BOOST_TEST(tokens("qwen3-vl-plus", {1024, 1024}) == 1026);
    BOOST_TEST(tokens("qwen2.5-vl-72b", {1, 1}) == 6);
    BOOST_TEST(tokens("some-model", {10, 10}) == 520);
    const auto huge = std::numeric_limits<std::int64_t>::max();
    for (const auto* model : {"gpt-4o", "gpt-4.1-mini", "qwen3-vl", "some-model"})
        for (const auto side : {huge, std::int64_t{0}, std::int64_t{-1}}) BOOST_TEST(tokens(model, {side, side}) > 0);
    BOOST_TEST(tokens("gpt-4.1-mini", {huge, 1}) > 0);
}

BOOST_AUTO_TEST_SUITE_END()
