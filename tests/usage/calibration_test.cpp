#include "usage/calibration.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "usage/estimator.hpp"

using ferry::provider::vocabulary;
using ferry::usage::calibration;
using ferry::usage::estimate_text;
using ferry::usage::features_of;
using ferry::usage::text_feature;
using verdict = ferry::usage::calibration::verdict;

namespace {

std::string taught_text(std::mt19937& random) {
    static const std::string parts[] = {"the ",           "answer is ", "42, ",  "return x;\n",
                                        "今天天气很好。", "\"name\": ", "Größe "};
    std::string text;
    for (auto left = 20 + random() % 200; left != 0; --left) text += parts[random() % std::size(parts)];
    return text;
}

// The estimate without calibration, times `factor`, and some noise.
std::int64_t true_tokens(const std::string& text, double factor, std::mt19937& random) {
    const auto cold = static_cast<double>(estimate_text(features_of(text), vocabulary::o200k).tokens);
    return std::llround(cold * factor * std::uniform_real_distribution(0.97, 1.03)(random));
}

calibration taught(double factor, int answers, unsigned seed) {
    std::mt19937 random(seed);
    calibration learnt;
    for (int i = 0; i < answers; ++i) {
        const auto text = taught_text(random);
        learnt.learn(features_of(text), vocabulary::o200k, true_tokens(text, factor, random));
    }
    return learnt;
}

double mean_error(const calibration& learnt, double factor) {
    std::mt19937 random(99);
    double sum = 0;
    for (int i = 0; i < 100; ++i) {
        const auto text = taught_text(random);
        const auto tokens = static_cast<double>(true_tokens(text, factor, random));
        const auto told = estimate_text(features_of(text), vocabulary::o200k, &learnt).tokens;
        sum += std::abs(static_cast<double>(told) / tokens - 1);
    }
    return sum / 100;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(calibration_suite)

BOOST_AUTO_TEST_CASE(a_prior_that_is_30_percent_off_is_mended_within_200_answers) {
    for (const double factor : {0.7, 1.3}) {
        BOOST_TEST(mean_error({}, factor) > 0.2);
        const auto learnt = taught(factor, 200, 1);
        BOOST_TEST(learnt.count() == 200);
        BOOST_TEST(mean_error(learnt, factor) < 0.025);
        BOOST_TEST(learnt.error_permille() < 60);
    }
}

BOOST_AUTO_TEST_CASE(what_never_occurred_stays_as_it_was) {
    const auto learnt = taught(1.3, 200, 10);
    const auto factor_of = [&learnt](text_feature one) { return learnt.factors()[static_cast<std::size_t>(one)]; };
    BOOST_TEST(factor_of(text_feature::hangul_first) == 4096);
    BOOST_TEST(factor_of(text_feature::word_lower) > 4096);
    BOOST_TEST(factor_of(text_feature::han_first) > 4096);
}

BOOST_AUTO_TEST_CASE(beyond_50_one_answer_of_four_renews_the_factors) {
    auto before = taught(1.2, 49, 13);
    for (int answers = 50; answers < 70; ++answers) {
        const auto learnt = taught(1.2, answers, 13);
        const bool is_renewed = answers == 50 || answers % 4 == 0;
        BOOST_TEST(learnt.has_new_factors() == is_renewed, answers);
        BOOST_TEST((learnt.factors() != before.factors()) == is_renewed, answers);
        before = learnt;
    }
}

BOOST_AUTO_TEST_CASE(outliers_are_refused) {
    auto learnt = taught(1, 100, 2);
    const auto before = learnt;
    std::mt19937 random(3);
    const auto text = taught_text(random);
    const auto features = features_of(text);
    const auto tokens = true_tokens(text, 1, random);
    for (const auto told : {tokens * 4, tokens / 4, std::numeric_limits<std::int64_t>::max()})
        BOOST_TEST((learnt.learn(features, vocabulary::o200k, told) == verdict::outlier), told);
    BOOST_TEST((learnt == before));
    BOOST_TEST((learnt.learn(features, vocabulary::o200k, tokens * 3 / 2) == verdict::outlier));
    BOOST_TEST((learnt.factors() == before.factors()));
    for (const std::int64_t told : {std::int64_t{19}, std::int64_t{0}, std::numeric_limits<std::int64_t>::min()})
        BOOST_TEST((learnt.learn(features, vocabulary::o200k, told) == verdict::too_short));
    BOOST_TEST((learnt.learn({}, vocabulary::o200k, 100) == verdict::outlier));
}

BOOST_AUTO_TEST_CASE(few_answers_that_are_far_off_move_little) {
    auto learnt = taught(1, 40, 11);
    std::mt19937 random(12);
    for (int i = 0; i < 4; ++i) {
        const auto text = taught_text(random);
        BOOST_TEST(
            (learnt.learn(features_of(text), vocabulary::o200k, true_tokens(text, 2, random)) == verdict::learnt));
    }
    BOOST_TEST(learnt.count() == 44);
    BOOST_TEST(mean_error(learnt, 1) < 0.03);
}

BOOST_AUTO_TEST_CASE(a_model_that_became_another_one_is_learnt_anew) {
    auto learnt = taught(1, 100, 4);
    std::mt19937 random(5);
    for (int i = 0; i < 100; ++i) {
        const auto text = taught_text(random);
        learnt.learn(features_of(text), vocabulary::o200k, true_tokens(text, 1.6, random));
    }
    BOOST_TEST(learnt.count() == 85);
    BOOST_TEST(mean_error(learnt, 1.6) < 0.04);
}

BOOST_AUTO_TEST_CASE(a_text_gives_the_same_back) {
    for (const int answers : {0, 1, 300}) {
        const auto learnt = taught(1.2, answers, 6);
        const auto text = learnt.to_text();
        BOOST_TEST(text.size() <= 16384u);
        const auto read = calibration::from_text(text);
        BOOST_TEST_REQUIRE(read.has_value());
        BOOST_TEST((*read == learnt));
        BOOST_TEST(read->to_text() == text);
    }
}

BOOST_AUTO_TEST_CASE(garbage_gives_nothing) {
    const auto good = taught(1, 10, 7).to_text();
    for (std::size_t size = 0; size < good.size(); size += 7) {
        // A number that was cut may still be one, but then others are missing.
        BOOST_TEST(!calibration::from_text(good.substr(0, size)).has_value());
    }
    for (const std::string& bad :
         {"1" + good.substr(1), good + " 0", good + " ", " " + good, std::string("2 -1") + good.substr(4)})
        BOOST_TEST(!calibration::from_text(bad).has_value());
    for (const std::string odd : {"nan", "inf", "-1", "1e30", "x", ""}) {
        const auto space = good.rfind(' ');
        BOOST_TEST(!calibration::from_text(good.substr(0, space + 1) + odd).has_value(), odd);
    }
}

BOOST_AUTO_TEST_CASE(replicas_merge) {
    auto both = taught(1.3, 150, 8);
    both.merge(taught(1.3, 150, 9));
    BOOST_TEST(both.count() == 300);
    BOOST_TEST(mean_error(both, 1.3) < 0.025);
    const auto before = both;
    both.merge({});
    BOOST_TEST((both == before));
}

BOOST_AUTO_TEST_SUITE_END()
