#include "limits/request_sizes.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::limits {
namespace {

BOOST_AUTO_TEST_SUITE(request_sizes_suite)

BOOST_AUTO_TEST_CASE(what_is_expected_covers_nine_of_ten_answers) {
    request_sizes sizes;
    BOOST_TEST(sizes.expected(1, 5, 0).answer == request_sizes::unknown_tokens);
    for (int i = 0; i < 100; ++i) sizes.learn_answer(1, 5, i % 20 == 0 ? 4000 : 200);
    BOOST_TEST(sizes.expected(1, 5, 0).answer >= 200);
    BOOST_TEST(sizes.expected(1, 5, 0).answer < 300);
    BOOST_TEST(sizes.expected(2, 5, 0).answer < 300);  // as with others
    BOOST_TEST(sizes.expected(1, 6, 0).answer == request_sizes::unknown_tokens);
    for (int i = 0; i < 400; ++i) sizes.learn_answer(2, 5, 9000);
    BOOST_TEST(sizes.expected(2, 5, 0).answer >= 9000);
    BOOST_TEST(sizes.expected(1, 5, 0).answer < 300);
}

BOOST_AUTO_TEST_CASE(prompts_of_one_kind_are_foretold_by_their_bytes) {
    request_sizes sizes;
    for (int i = 0; i < 7; ++i) sizes.learn_prompt(1, 5, 4000, 1000);
    BOOST_TEST(!sizes.expected(1, 5, 4000).prompt);  // too few
    sizes.learn_prompt(1, 5, 2000, 520);
    BOOST_TEST(sizes.expected(1, 5, 4000).prompt.value() >= 1000);
    BOOST_TEST(sizes.expected(1, 5, 4000).prompt.value() <= 1020);
    BOOST_TEST(!sizes.expected(1, 5, 9000).prompt);  // none was so long
    BOOST_TEST(!sizes.expected(2, 5, 4000).prompt);  // another key asks other things
    BOOST_TEST(!sizes.expected(1, 6, 4000).prompt);
}

BOOST_AUTO_TEST_CASE(of_texts_and_images_in_turn_nothing_is_foretold) {
    request_sizes sizes;
    for (int i = 0; i < 100; ++i) {
        sizes.learn_prompt(1, 5, 4000, 1000);
        sizes.learn_prompt(1, 5, 1'000'000, 800);
    }
    BOOST_TEST(!sizes.expected(1, 5, 4000).prompt);
    for (int i = 0; i < 200; ++i) sizes.learn_prompt(1, 5, 4000, 1000);
    BOOST_TEST(sizes.expected(1, 5, 4000).prompt.has_value());
}

BOOST_AUTO_TEST_CASE(every_size_is_within_its_step) {
    for (std::int64_t size = 0; size < 100'000; size = size * 5 / 4 + 1) {
        request_sizes sizes;
        sizes.learn_answer(1, 1, size);
        BOOST_TEST(sizes.expected(1, 1, 0).answer >= size);
        BOOST_TEST(sizes.expected(1, 1, 0).answer <= size * 3 / 2 + 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace ferry::limits
