#include <boost/test/unit_test.hpp>

#include "store/conformance/store_fixture.hpp"
#include "store/store_error.hpp"

namespace ferry::store {
namespace {

// Key 1 is ann's, who is in the red team; 2 is bob's; 3 belongs to the red team itself, 4 to nobody.
struct people_fixture : store_fixture {
    std::unique_ptr<people_store> table = db->people();
    std::unique_ptr<model_store> models = db->models();
    std::int64_t red = 0, ann = 0, bob = 0, seen = 0;

    people_fixture() {
        person_row row;
        row.name = "red";
        red = table->add(people::teams, row);
        row.name = "ann";
        row.team_id = red;
        ann = table->add(people::users, row);
        row.name = "bob";
        row.team_id.reset();
        bob = table->add(people::users, row);
        const auto id = [](std::int64_t number) { return std::to_string(number); };
        run("INSERT INTO api_keys (id, public_id, key_sha256, user_id, team_id) VALUES (1, 'p', " + sha(1) + ", " +
            id(ann) + ", NULL), (2, 'q', " + sha(2) + ", " + id(bob) + ", NULL), (3, 'r', " + sha(3) + ", NULL, " +
            id(red) + "), (4, 's', " + sha(4) + ", NULL, NULL)");
        seen = catalog_version();
    }

    void set(people of, std::int64_t id, const char* column, std::optional<std::string> value) {
        const std::vector<column_value> values = {{column, std::move(value)}};
        BOOST_TEST(table->change(of, id, values));
    }
    // The keys that work, by id, as a catalog that is read anew has them.
    std::string working() {
        std::string all;
        for (const auto& row : models->load_catalog().keys) all += row.is_enabled ? std::to_string(row.id) : "";
        return all;
    }
    // The keys that have changed since the last look, and whether they work: "1- 3-".
    std::string news() {
        const auto changes = models->load_changes(seen);
        if (!changes) return "everything";
        seen = changes->version;
        std::string all;
        for (const auto& row : changes->keys) {
            all += (all.empty() ? "" : " ") + std::to_string(row.id) + (row.is_enabled ? "+" : "-");
        }
        return all;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(people_stores, people_fixture)

BOOST_AUTO_TEST_CASE(keys_of_whoever_is_disabled_do_not_work_and_are_told_as_changed) {
    BOOST_TEST(working() == "1234");
    set(people::users, bob, "is_enabled", "0");
    BOOST_TEST(working() == "134");
    BOOST_TEST(news() == "2-");
    set(people::teams, red, "is_enabled", "0");
    BOOST_TEST(working() == "4");
    BOOST_TEST(news() == "1- 3-");
    set(people::users, bob, "is_enabled", "1");
    BOOST_TEST(news() == "2+");
    set(people::users, ann, "team_id", std::nullopt);
    BOOST_TEST(news() == "1+");
    BOOST_TEST(working() == "124");
    set(people::teams, red, "is_enabled", "1");
    BOOST_TEST(news() == "3+");
}

BOOST_AUTO_TEST_CASE(what_concerns_no_key_is_no_change_of_the_catalog) {
    person_row nobody;
    nobody.name = "nobody";
    const auto id = table->add(people::users, nobody);
    set(people::users, id, "is_enabled", "0");
    BOOST_TEST(table->remove(people::users, id));
    BOOST_TEST(catalog_version() == seen);
    BOOST_TEST(!table->remove(people::users, id));
}

BOOST_AUTO_TEST_CASE(a_key_without_a_team_has_its_users) {
    for (const auto& row : models->load_catalog().keys) {
        const bool is_red = row.id == 1 || row.id == 3;
        BOOST_TEST((row.team_id == (is_red ? std::optional(red) : std::nullopt)), row.id);
    }
    BOOST_TEST(!db->keys()->list_keys().front().team_id.has_value());  // of its own it has none
}

BOOST_AUTO_TEST_CASE(they_are_listed_with_their_keys_and_stay_while_they_have_any) {
    const auto users = table->list(people::users);
    BOOST_TEST_REQUIRE(users.size() == 2u);
    BOOST_TEST(users[0].name == "ann");
    BOOST_TEST((users[0].team_id == red));
    BOOST_TEST(users[0].keys == 1);
    BOOST_TEST(users[0].created_at_us > 0);
    BOOST_TEST(table->list(people::teams).front().keys == 2);
    BOOST_CHECK_THROW(table->remove(people::users, bob), row_refused);
    BOOST_CHECK_THROW(table->remove(people::teams, red), row_refused);
    run("DELETE FROM api_keys WHERE id IN (2, 3)");
    BOOST_TEST(table->remove(people::users, bob));
    BOOST_TEST(table->remove(people::teams, red));
    BOOST_TEST(!table->list(people::users).front().team_id.has_value());
    BOOST_TEST(working() == "14");
}

BOOST_AUTO_TEST_CASE(a_name_is_had_once_and_no_column_but_theirs_is_written) {
    person_row again;
    again.name = "ann";
    BOOST_CHECK_THROW(table->add(people::users, again), row_refused);
    again.name = "red";
    BOOST_CHECK_THROW(table->add(people::teams, again), row_refused);
    const std::vector<column_value> odd = {{"created_at", "2030-01-01"}}, team = {{"team_id", "1"}};
    BOOST_CHECK_THROW(table->change(people::users, ann, odd), store_error);
    BOOST_CHECK_THROW(table->change(people::teams, red, team), store_error);
    const std::vector<column_value> none = {{"name", "x"}};
    BOOST_TEST(!table->change(people::users, 999, none));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
