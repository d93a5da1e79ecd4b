#include "store/migration.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "store/conformance/store_fixture.hpp"
#include "store/store_error.hpp"

namespace ferry::store {
namespace {

constexpr migration first{1, "first", "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1);", "11"};
constexpr migration second{2, "second", "CREATE TABLE b (x INTEGER);", "22"};
constexpr migration broken{2, "broken", "CREATE TABLE b (x INTEGER); CREATE TABLE a (x INTEGER);", "33"};

auto names(std::string_view what) {
    return [what](const store_error& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string_view(error.what()).find(what) != std::string_view::npos;
    };
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(migrations, fresh_store)

BOOST_AUTO_TEST_CASE(the_program_carries_its_migrations_in_ascending_order) {
    const auto known = own_migrations();
    BOOST_TEST_REQUIRE(!known.empty());
    BOOST_TEST(known[0].version == 1);
    BOOST_TEST(known[0].name == "initial");
    BOOST_TEST(known[0].checksum.size() == 64u);
    for (std::size_t i = 1; i < known.size(); ++i) BOOST_TEST(known[i - 1].version < known[i].version);
}

BOOST_AUTO_TEST_CASE(what_is_pending_is_applied_once_and_recorded) {
    const migration known[] = {first, second};
    BOOST_TEST(with(std::span(known).first(1))->migrate().size() == 1u);
    const auto db = with(known);
    const auto applied = db->migrate();
    BOOST_TEST_REQUIRE(applied.size() == 1u);
    BOOST_TEST(applied[0].version == 2);
    BOOST_TEST(applied[0].name == "second");
    BOOST_TEST(db->migrate().empty());
    BOOST_TEST(db->pending_migrations().empty());

    std::string recorded;
    db->sql()->run(
        "SELECT version || name || checksum, count(applied_at) FROM schema_migrations GROUP BY version, name, checksum"
        " ORDER BY version",
        [&](const sql_result& result) {
            for (const auto& row : result.rows) recorded += row[0].text + " " + row[1].text + ";";
        });
    BOOST_TEST(recorded == "1first11 1;2second22 1;");
}

BOOST_AUTO_TEST_CASE(a_migration_that_fails_is_undone_as_a_whole) {
    const migration known[] = {first, broken};
    BOOST_CHECK_EXCEPTION(with(known)->migrate(), store_error, names("0002_broken"));
    const migration repaired[] = {first, second};
    BOOST_TEST(with(repaired)->migrate().size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_edited_migration_is_refused) {
    const migration known[] = {first};
    with(known)->migrate();
    migration edited = first;
    edited.checksum = "12";
    const migration changed[] = {edited, second};
    BOOST_CHECK_EXCEPTION(with(changed)->migrate(), store_error, names("0001_first"));
    BOOST_CHECK_EXCEPTION(with(changed)->pending_migrations(), store_error, names("0001_first"));
}

BOOST_AUTO_TEST_CASE(a_schema_newer_than_the_program_is_refused) {
    const migration known[] = {first, second};
    with(known)->migrate();
    const auto older = with(std::span(known).first(1));
    BOOST_CHECK_EXCEPTION(older->migrate(), store_error, names("0002_second"));
    BOOST_CHECK_EXCEPTION(older->pending_migrations(), store_error, names("use a newer ferry"));
}

BOOST_AUTO_TEST_CASE(many_at_once_apply_each_migration_once) {
    const migration known[] = {first, second};
    for (int round = 0; round < 5; ++round) {
        const fresh_store fresh;
        std::atomic<std::size_t> applied = 0, failed = 0;
        std::vector<std::jthread> starters;
        for (int i = 0; i < 8; ++i) {
            starters.emplace_back([&] {
                try {
                    applied += fresh.with(known)->migrate().size();
                } catch (const store_error& error) {
                    BOOST_TEST_MESSAGE(error.what());
                    ++failed;
                }
            });
        }
        starters.clear();
        BOOST_TEST(failed == 0u);
        BOOST_TEST(applied == 2u);
    }
}

BOOST_AUTO_TEST_CASE(a_store_is_prepared_by_migrating_or_refused) {
    options chosen = this->chosen();
    chosen.auto_migrate = false;
    const auto db = open(chosen);
    BOOST_CHECK_EXCEPTION(prepare(*db, chosen), store_error, names("ferry migrate"));
    chosen.auto_migrate = true;
    BOOST_TEST(prepare(*db, chosen).size() == own_migrations().size());
    chosen.auto_migrate = false;
    BOOST_TEST(prepare(*db, chosen).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
