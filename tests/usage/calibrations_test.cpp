#include "usage/calibrations.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "usage/word_tally.hpp"

using namespace ferry;
using provider::vocabulary;
using usage::calibrations;
using usage::direction;
using usage::features_of;

namespace {

std::string text_number(int i) {
    return "The answer to question " + std::to_string(i * 7919) + " is that nobody knows it, as far as I can tell; " +
           "but one may say so in more than one way, and in " + std::to_string(i) + " others.";
}

// An answer of a model whose tokens are `factor` times those of the weights.
void teach(calibrations& all, int i, double factor) {
    const auto features = features_of(text_number(i));
    const auto cold = static_cast<double>(usage::estimate_text(features, vocabulary::o200k).tokens);
    all.teach("m", direction::completion, features, vocabulary::o200k, static_cast<std::int64_t>(cold * factor));
    all.learn_taught();
}

std::int64_t told(const calibrations& all, direction which = direction::completion) {
    return all.estimate("m", which, features_of(text_number(4711)), vocabulary::o200k).tokens;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(calibrations_suite)

BOOST_AUTO_TEST_CASE(the_first_64_answers_of_each_row_are_wanted_and_then_one_of_16) {
    usage::lesson_plan plan;
    int wanted = 0;
    for (int i = 0; i < 64 + 160; ++i) wanted += plan.wants(7) ? 1 : 0;
    BOOST_TEST(wanted == 74);
    BOOST_TEST(plan.wants(8));
}

BOOST_AUTO_TEST_CASE(what_one_replica_learnt_is_known_to_itself_after_a_restart_and_to_others) {
    calibrations first;
    const auto cold = told(first);
    for (int i = 0; i < 100; ++i) teach(first, i, 1.3);
    BOOST_TEST(told(first) > cold * 12 / 10);
    BOOST_TEST(told(first, direction::prompt) == cold);
    const auto stored = first.take_changed("one");
    BOOST_REQUIRE(stored.size() == 1u);
    BOOST_TEST(stored[0].model == "m");
    BOOST_TEST(first.take_changed("one").empty());

    for (const char* instance : {"one", "two"}) {
        calibrations again;
        again.take_stored(stored, instance, true);
        again.take_stored(stored, instance, false);
        BOOST_TEST(told(again) == told(first));
        BOOST_TEST(again.take_changed(instance).empty());
    }
}

BOOST_AUTO_TEST_CASE(a_replica_stores_what_it_learnt_itself_alone) {
    calibrations first, second;
    for (int i = 0; i < 100; ++i) teach(first, i, 1.3);
    const auto stored = first.take_changed("one");
    second.take_stored(stored, "two", true);
    teach(second, 0, 1.3);
    const auto own = usage::calibration::from_text(second.take_changed("two").at(0).text);
    BOOST_REQUIRE(own);
    BOOST_TEST(own->count() == 1);
}

BOOST_AUTO_TEST_CASE(a_lesson_is_learnt_later_and_its_error_told_at_once) {
    calibrations all;
    int told_times = 0;
    all.on_lesson([&told_times] { ++told_times; });
    const auto cold = told(all);
    const auto features = features_of(text_number(4711));
    const auto give = [&](std::int64_t tokens) {
        return all.teach("m", direction::completion, features, vocabulary::o200k, tokens);
    };
    BOOST_TEST(give(cold * 2).value() == 500);
    BOOST_TEST(give(cold * 2).value() == 500);
    BOOST_TEST(!give(cold * 4));
    BOOST_TEST(!give(19));
    BOOST_TEST(told_times == 1);
    BOOST_TEST(told(all) == cold);
    all.learn_taught();
    BOOST_TEST(told(all) > cold * 11 / 10);
    BOOST_TEST(give(cold * 2).value() < 450);
    BOOST_TEST(told_times == 2);
}

BOOST_AUTO_TEST_CASE(what_is_not_a_calibration_is_passed_over) {
    calibrations all;
    all.take_stored({{"one", "m", "9 nonsense", direction::prompt}}, "one", true);
    BOOST_TEST(told(all, direction::prompt) > 0);
}

BOOST_AUTO_TEST_CASE(a_very_long_text_is_taken_to_be_like_its_beginning) {
    usage::word_tally some, all;
    const auto one = text_number(1) + " ";
    for (std::size_t bytes = 0; bytes < 4u << 20; bytes += one.size()) {
        if (bytes < 400u << 10) some.add(one);
        all.add(one);
    }
    const auto of = [](const usage::word_tally& words) {
        return static_cast<double>(usage::estimate_text(words.features(), vocabulary::o200k).tokens) /
               static_cast<double>(words.bytes());
    };
    BOOST_TEST(of(all) == of(some), boost::test_tools::tolerance(0.01));
}

BOOST_AUTO_TEST_SUITE_END()
