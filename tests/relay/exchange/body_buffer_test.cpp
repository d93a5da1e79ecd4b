#include "relay/exchange/body_buffer.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace ferry::relay;

BOOST_AUTO_TEST_SUITE(body_buffer_suite)

BOOST_AUTO_TEST_CASE(a_body_is_one_piece_however_it_arrived) {
    for (const std::size_t step : {1, 7, 16384, 16385, 50'000}) {
        memory_budget budget(1 << 20);
        body_buffer body(budget);
        std::string expected;
        for (std::size_t i = 0; expected.size() < 100'000; ++i) {
            const std::string piece(step, static_cast<char>('a' + i % 26));
            BOOST_REQUIRE(body.append(piece));
            expected += piece;
        }
        BOOST_TEST((body.view() == expected));
        BOOST_TEST(body.size() == expected.size());
    }
}

BOOST_AUTO_TEST_CASE(memory_grows_with_what_arrived_and_never_with_what_was_announced) {
    memory_budget budget(1 << 20);
    body_buffer body(budget);
    const auto first = body.room(100'000'000);
    BOOST_TEST(!first.empty());
    BOOST_TEST(budget.used.load() <= 16384);
    body.added(1);
    BOOST_TEST(body.room(100'000'000).size() == first.size() - 1);
    std::string text(100'000, 'x');
    BOOST_TEST(body.append(text));
    BOOST_TEST(budget.used.load() < 3 * text.size());
}

BOOST_AUTO_TEST_CASE(room_is_never_more_than_wanted_and_never_none_within_the_budget) {
    memory_budget budget(1 << 20);
    body_buffer body(budget);
    for (std::size_t i = 0; i < 40'000; ++i) {
        const auto wanted = i % 5 + 1;
        const auto into = body.room(wanted);
        BOOST_REQUIRE(!into.empty());
        BOOST_REQUIRE(into.size() <= wanted);
        body.added(1);
    }
}

BOOST_AUTO_TEST_CASE(an_empty_body_takes_nothing) {
    memory_budget budget(0);
    body_buffer body(budget);
    BOOST_TEST(body.append(""));
    BOOST_TEST(body.view().empty());
    BOOST_TEST(body.room(1).empty());
    BOOST_TEST(!body.append("x"));
    BOOST_TEST(budget.used.load() == 0);
}

BOOST_AUTO_TEST_CASE(L13_bodies_share_one_budget_and_give_it_back) {
    memory_budget budget(40'000);
    body_buffer first(budget);
    BOOST_TEST(first.append(std::string(20'000, 'a')));
    const auto taken = budget.used.load();
    BOOST_TEST(taken >= 20'000);
    {
        body_buffer second(budget);
        BOOST_TEST(!second.append(std::string(20'000, 'b')));
        BOOST_TEST(budget.used.load() <= 40'000);
    }
    BOOST_TEST(budget.used.load() == taken);
    BOOST_TEST((first.view() == std::string(20'000, 'a')));
    first.release();
    BOOST_TEST(budget.used.load() == 0);
    BOOST_TEST(first.view().empty());
    first.release();
    BOOST_TEST(budget.used.load() == 0);
    BOOST_TEST(first.append("again"));
    BOOST_TEST((first.view() == "again"));
}

BOOST_AUTO_TEST_SUITE_END()
