#include <boost/test/unit_test.hpp>

#include "store/conformance/store_fixture.hpp"
#include "store/store_error.hpp"

namespace ferry::store {
namespace {

key_row key_of(std::string public_id) {
    key_row row;
    row.public_id = std::move(public_id);
    row.key_sha256 = std::string(64, 'a');
    row.name = "a key";
    return row;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(key_stores, store_fixture)

BOOST_AUTO_TEST_CASE(a_key_comes_back_as_it_was_added) {
    const auto keys = db->keys();
    key_row added = key_of("p");
    added.user_id = keys->find_or_add_user("bob");
    added.allowed_models = "[\"a\"]";
    added.rpm = 1;
    added.tpm = 2;
    added.max_parallel = 3;
    added.budget_pico = 4;
    added.budget_period = "month";
    added.store_messages = false;
    added.expires_at_us = some_time_us;
    const std::int64_t id = keys->add_key(added);

    const key_row row = keys->list_keys().at(0);
    BOOST_TEST(row.id == id);
    BOOST_TEST(row.public_id == "p");
    BOOST_TEST(row.key_sha256 == std::string(64, 'a'));
    BOOST_TEST(row.name == "a key");
    BOOST_TEST(row.user_id.value() == added.user_id.value());
    BOOST_TEST(!row.team_id);
    BOOST_TEST(row.allowed_models.value() == "[\"a\"]");
    BOOST_TEST(row.rpm.value() == 1);
    BOOST_TEST(row.tpm.value() == 2);
    BOOST_TEST(row.max_parallel.value() == 3);
    BOOST_TEST(row.budget_pico.value() == 4);
    BOOST_TEST(row.budget_period.value() == "month");
    BOOST_TEST(!row.store_messages);
    BOOST_TEST(row.expires_at_us.value() == some_time_us);
    BOOST_TEST(row.is_enabled);
    BOOST_TEST(row.created_at_us > 0);
    BOOST_TEST(!row.last_used_at_us);
    BOOST_TEST(row.defect == "");
}

BOOST_AUTO_TEST_CASE(two_keys_cannot_share_a_public_id) {
    const auto keys = db->keys();
    keys->add_key(key_of("p"));
    BOOST_CHECK_THROW(keys->add_key(key_of("p")), row_refused);
    BOOST_TEST(keys->list_keys().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_revoked_key_stays_in_the_table) {
    const auto keys = db->keys();
    const std::int64_t id = keys->add_key(key_of("p"));
    BOOST_TEST(keys->revoke_key(id));
    BOOST_TEST(!keys->list_keys().at(0).is_enabled);
    BOOST_TEST(!keys->revoke_key(id + 1));
}

BOOST_AUTO_TEST_CASE(rotation_adds_the_successor_and_ends_the_old_key_later) {
    const auto keys = db->keys();
    const std::int64_t old_id = keys->add_key(key_of("old"));
    key_row successor = key_of("new");
    successor.rotated_from = old_id;
    const std::int64_t new_id = keys->rotate_key(old_id, successor, some_time_us);
    const auto rows = keys->list_keys();
    BOOST_TEST_REQUIRE(rows.size() == 2u);
    BOOST_TEST(rows[0].grace_until_us.value() == some_time_us);
    BOOST_TEST(rows[1].id == new_id);
    BOOST_TEST(rows[1].rotated_from.value() == old_id);
    BOOST_TEST(!rows[1].grace_until_us);
}

BOOST_AUTO_TEST_CASE(a_rotation_that_fails_leaves_the_old_key_as_it_was) {
    const auto keys = db->keys();
    const std::int64_t old_id = keys->add_key(key_of("old"));
    BOOST_CHECK_THROW(keys->rotate_key(old_id, key_of("old"), some_time_us), row_refused);
    BOOST_CHECK_THROW(keys->rotate_key(old_id + 1, key_of("new"), some_time_us), row_refused);
    const auto rows = keys->list_keys();
    BOOST_TEST_REQUIRE(rows.size() == 1u);
    BOOST_TEST(!rows[0].grace_until_us);
}

BOOST_AUTO_TEST_CASE(a_key_is_changed_in_the_columns_named_and_its_identity_in_none) {
    const auto keys = db->keys();
    key_row added = key_of("p");
    added.rpm = 1;
    added.tpm = 2;
    const std::int64_t id = keys->add_key(added);
    const auto version = catalog_version();
    BOOST_TEST(keys->change_key(id, std::vector<column_value>{{"name", "new"},
                                                              {"rpm", std::nullopt},
                                                              {"allowed_models", "[\"a\"]"},
                                                              {"expires_at", "2030-01-02 03:04:05.678901"}}));
    key_row row = keys->list_keys().at(0);
    BOOST_TEST(row.name == "new");
    BOOST_TEST(!row.rpm);
    BOOST_TEST(row.tpm.value() == 2);
    BOOST_TEST(row.allowed_models.value() == "[\"a\"]");
    BOOST_TEST(row.expires_at_us.value() == some_time_us);
    BOOST_TEST(catalog_version() > version);
    BOOST_TEST(keys->change_key(id, std::vector<column_value>{{"expires_at", std::nullopt}}));
    BOOST_TEST(!keys->list_keys().at(0).expires_at_us);
    BOOST_TEST(!keys->change_key(id + 1, std::vector<column_value>{{"name", "x"}}));
    BOOST_CHECK_THROW(keys->change_key(id, std::vector<column_value>{{"key_sha256", "x"}}), store_error);
    BOOST_CHECK_THROW(keys->change_key(id, std::vector<column_value>{}), store_error);
}

BOOST_AUTO_TEST_CASE(users_are_known_by_id) {
    const auto keys = db->keys();
    const std::int64_t bob = keys->find_or_add_user("bob");
    BOOST_TEST(keys->user_names().at(bob) == "bob");
    BOOST_TEST(keys->user_names().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_user_is_found_by_name_or_id_and_made_by_name) {
    const auto keys = db->keys();
    const std::int64_t bob = keys->find_or_add_user("bob");
    BOOST_TEST(keys->find_or_add_user("bob") == bob);
    BOOST_TEST(keys->find_or_add_user(std::to_string(bob)) == bob);
    BOOST_TEST(keys->find_or_add_user("eve") != bob);
    BOOST_CHECK_THROW(keys->find_or_add_user("999"), row_refused);
    BOOST_TEST(ask("SELECT count(*) FROM users") == "2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
