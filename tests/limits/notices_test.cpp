#include "limits/notices.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "base/time_text.hpp"
#include "limits/webhook_call.hpp"

namespace ferry::limits {
namespace {

namespace json = boost::json;

notice of_march() {
    notice made;
    made.of = {"key", 12, *parse_time("2026-02-28 23:00:00"), 5'000'000'000'000};
    made.period = access::budget_period::month;
    made.period_end_us = *parse_time("2026-03-31 22:00:00");
    made.spent_pico = 5'000'000'000'001;
    made.at_us = *parse_time("2026-03-07 09:30:00.75");
    made.currency = "EUR";
    return made;
}

BOOST_AUTO_TEST_SUITE(notices_suite)

BOOST_AUTO_TEST_CASE(a_message_is_signed_as_rfc_4231_says) {
    BOOST_TEST(signature_of("Jefe", "what do ya want for nothing?") ==
               "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

BOOST_AUTO_TEST_CASE(a_message_tells_what_is_used_up_and_until_when) {
    const auto made = message_of(of_march(), "a \"name\"", "replica");
    const auto told = json::parse(made.body).as_object();
    BOOST_TEST(made.event == "budget.exhausted");
    BOOST_TEST(told.at("event").as_string() == "budget.exhausted");
    BOOST_TEST(told.at("id").as_string() == made.id);
    BOOST_TEST(told.at("created_at").as_string() == "2026-03-07T09:30:00Z");
    BOOST_TEST(told.at("party").at("kind").as_string() == "key");
    BOOST_TEST(told.at("party").at("id").as_int64() == 12);
    BOOST_TEST(told.at("party").at("name").as_string() == "a \"name\"");
    BOOST_TEST(told.at("mode").as_string() == "hard");
    BOOST_TEST(told.at("period").as_string() == "month");
    BOOST_TEST(told.at("limit").as_string() == "5");
    BOOST_TEST(told.at("spent").as_string() == "5.000000000001");
    BOOST_TEST(told.at("currency").as_string() == "EUR");
    BOOST_TEST(told.at("began_at").as_string() == "2026-02-28T23:00:00Z");
    BOOST_TEST(told.at("resets_at").as_string() == "2026-03-31T22:00:00Z");
    BOOST_TEST(told.at("replica").as_string() == "replica");
}

BOOST_AUTO_TEST_CASE(a_soft_budget_in_total_never_begins_anew) {
    auto what = of_march();
    what.is_soft = true;
    what.period = access::budget_period::total;
    const auto made = message_of(what, "", "replica");
    const auto told = json::parse(made.body).as_object();
    BOOST_TEST(made.event == "budget.used_up");
    BOOST_TEST(told.at("mode").as_string() == "soft");
    BOOST_TEST(told.at("began_at").is_null());
    BOOST_TEST(told.at("resets_at").is_null());
}

// So that a receiver knows a message that comes twice, and another one that does not.
BOOST_AUTO_TEST_CASE(the_id_is_that_of_the_budget_in_its_period) {
    const auto id = [](const notice& what, const char* replica) { return message_of(what, "n", replica).id; };
    auto other = of_march();
    BOOST_TEST(id(other, "one") == id(other, "two"));
    other.of.budget_pico *= 2;
    BOOST_TEST(id(of_march(), "one") != id(other, "one"));
    other = of_march();
    other.of.period_begin_us += 1'000'000;
    BOOST_TEST(id(of_march(), "one") != id(other, "one"));
    other = of_march();
    other.of.party = "team";
    BOOST_TEST(id(of_march(), "one") != id(other, "one"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace ferry::limits
