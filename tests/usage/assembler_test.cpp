#include "usage/assembler.hpp"

#include "usage/journal_fixture.hpp"

namespace {

using namespace ferry;
using namespace ferry::usage;
using namespace ferry::usage::testing;
using openai::usage_marks;

struct records {
    assembler made{make_uuid()};
    batch rows;
    record_buffer buffer;

    void begin(const begin_record& record) { BOOST_TEST(made.feed(buffer.encode(record), false, rows)); }
    void attempt(const uuid& id, int number) {
        BOOST_TEST(made.feed(buffer.encode(id, attempt_number(number)), false, rows));
    }
    void end(const uuid& id, std::int64_t n) { BOOST_TEST(made.feed(buffer.encode(id, end_number(n)), false, rows)); }
};

BOOST_FIXTURE_TEST_SUITE(the_assembler, records)

BOOST_AUTO_TEST_CASE(the_attempt_of_the_highest_number_is_billed_in_whatever_order_they_come) {
    const uuid id = make_uuid();
    begin(begin_number(1, id));
    for (const int number : {2, 3, 1, 2}) attempt(id, number);
    end(id, 1);
    BOOST_REQUIRE(rows.rows.size() == 1u);
    BOOST_TEST(rows.rows[0].model_id.value() == 43);
    BOOST_TEST(rows.rows[0].attempts == 3);
    BOOST_REQUIRE(rows.attempts.size() == 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        BOOST_TEST(rows.attempts[i].attempt == static_cast<std::int64_t>(i + 1));
        BOOST_TEST(rows.attempts[i].model_id == static_cast<std::int64_t>(41 + i));
    }
}

BOOST_AUTO_TEST_CASE(a_begin_that_comes_again_keeps_the_attempts_and_replaces_the_rest) {
    const uuid id = make_uuid();
    begin_record first = begin_number(1, id);
    first.user_agent = "an agent with a long name, which needs memory of its own";
    begin(first);
    attempt(id, 1);
    begin(begin_number(1, id));
    end(id, 1);
    BOOST_TEST(!rows.rows[0].user_agent.has_value());
    BOOST_TEST(rows.attempts.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_odd_about_the_counts_is_a_tag_of_the_row) {
    const auto tagged = [&](usage_marks marks, bool saturated) {
        const uuid id = make_uuid();
        begin(begin_number(1, id));
        attempt(id, 1);
        auto record = end_number(1);
        record.tokens.marks = marks;
        record.cost_is_saturated = saturated;
        BOOST_TEST(made.feed(buffer.encode(id, record), false, rows));
        return rows.rows[rows.rows.size() - 1].tags;
    };
    BOOST_TEST((tagged({.odd = true, .unreconciled = true}, true) ==
                R"(["usage_odd","usage_unreconciled","cost_saturated"])"));
    BOOST_TEST((tagged({.implausible = true}, false) == R"(["usage_implausible"])"));
    BOOST_TEST(!tagged({}, false).has_value());
}

// Rows and what is known of open requests are made in the memory of those before.
BOOST_AUTO_TEST_CASE(nothing_of_an_earlier_request_shows_in_a_later_one) {
    const uuid full = make_uuid(), plain = make_uuid();
    begin_record begun = begin_number(1, full);
    begun.user_id = begun.team_id = begun.conversation_id = 8;
    begun.end_user = begun.client_request_id = begun.user_agent = begun.trace_id = "a text longer than a short string";
    begin(begun);
    attempt(full, 1);
    attempt(full, 2);
    end(full, 1);
    rows.clear();

    begin(begin_number(2, plain));
    made.abandon(rows);
    BOOST_REQUIRE(rows.rows.size() == 1u);
    batch fresh;
    assembler other(make_uuid());
    other.feed(buffer.encode(begin_number(2, plain)), false, fresh);
    other.abandon(fresh);
    fresh.rows[0].instance_id = rows.rows[0].instance_id;
    BOOST_TEST((rows.rows[0] == fresh.rows[0]));
    BOOST_TEST(rows.attempts.empty());
    BOOST_TEST(rows.interrupted == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
