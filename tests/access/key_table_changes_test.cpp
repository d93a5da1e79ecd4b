#include <boost/test/unit_test.hpp>

#include "access/key_rows.hpp"

using namespace ferry;
using namespace ferry::access::testing;

BOOST_AUTO_TEST_SUITE(key_table_changes)

BOOST_AUTO_TEST_CASE(a_table_after_changes_is_the_table_that_all_rows_would_make) {
    auto revoked = row_for(key_number(2), 2);
    const auto before = table_of({row_for(key_number(1), 1), revoked, row_for(key_number(3), 3)});
    revoked.is_enabled = false;
    auto renamed = row_for(key_number(4), 3);
    const std::vector<key_row> changed = {revoked, renamed, row_for(key_number(5), 5)};
    const std::vector<std::int64_t> gone = {1, 99};
    const access::key_table after(before, changed, gone);
    BOOST_TEST(after.size() == 3u);
    BOOST_TEST(!authenticate(after, key_number(1), now).has_value());
    BOOST_TEST(!authenticate(after, key_number(2), now).has_value());
    BOOST_TEST(!authenticate(after, key_number(3), now).has_value());
    BOOST_TEST((*authenticate(after, key_number(4), now))->key_id.value() == 3);
    BOOST_TEST((*authenticate(after, key_number(5), now))->key_id.value() == 5);
    BOOST_TEST(before.size() == 3u);
    BOOST_TEST(authenticate(before, key_number(1), now).has_value());
    BOOST_TEST(authenticate(before, key_number(2), now).has_value());
}

BOOST_AUTO_TEST_CASE(a_holder_that_did_not_change_is_the_same_object_afterwards) {
    const auto before = table_of({row_for(key_number(1), 1), row_for(key_number(2), 2)});
    const access::key_table after(before, std::vector<key_row>{row_for(key_number(2), 2)}, {});
    BOOST_TEST(*authenticate(before, key_number(1), now) == *authenticate(after, key_number(1), now));
    BOOST_TEST(*authenticate(before, key_number(2), now) != *authenticate(after, key_number(2), now));
}

BOOST_AUTO_TEST_CASE(two_keys_may_exchange_their_public_ids) {
    const auto before = table_of({row_for(key_number(1), 1), row_for(key_number(2), 2)});
    const std::vector<key_row> changed = {row_for(key_number(2), 1), row_for(key_number(1), 2)};
    const access::key_table after(before, changed, {});
    BOOST_TEST(after.size() == 2u);
    BOOST_TEST((*authenticate(after, key_number(1), now))->key_id.value() == 2);
    BOOST_TEST((*authenticate(after, key_number(2), now))->key_id.value() == 1);
}

// SQLite's INSERT OR REPLACE deletes the other row without a word.
BOOST_AUTO_TEST_CASE(a_row_that_another_has_replaced_in_the_store_is_gone) {
    const auto before = table_of({row_for(key_number(1), 1)});
    const access::key_table after(before, std::vector<key_row>{row_for(key_number(1), 7)}, {});
    BOOST_TEST(after.size() == 1u);
    BOOST_TEST((*authenticate(after, key_number(1), now))->key_id.value() == 7);
    const access::key_table none(after, {}, std::vector<std::int64_t>{1, 7});
    BOOST_TEST(none.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_row_is_refused_until_it_is_mended_or_gone) {
    auto bad = row_for(key_number(2), 2), worse = row_for(key_number(3), 3);
    bad.key_sha256 = worse.key_sha256 = "nonsense";
    const auto before = table_of({row_for(key_number(1), 1), bad, worse});
    BOOST_TEST(before.refused().size() == 2u);
    const access::key_table mended(before, std::vector<key_row>{row_for(key_number(2), 2)}, {});
    BOOST_REQUIRE(mended.refused().size() == 1u);
    BOOST_TEST(mended.refused()[0].id == 3);
    auto broken = row_for(key_number(1), 1);
    broken.allowed_models = "{}";
    const access::key_table last(mended, std::vector<key_row>{broken}, std::vector<std::int64_t>{3});
    BOOST_REQUIRE(last.refused().size() == 1u);
    BOOST_TEST(last.refused()[0].id == 1);
    BOOST_TEST(!authenticate(last, key_number(1), now).has_value());
    BOOST_TEST(before.refused().size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
