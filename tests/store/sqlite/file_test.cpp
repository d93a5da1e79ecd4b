// What only a store in a file can do wrong.
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "store/conformance/store_fixture.hpp"
#include "store/store_error.hpp"

namespace ferry::store {
namespace {

mode_t mode_of(const std::string& path) {
    struct stat found {};
    BOOST_TEST_REQUIRE(::stat(path.c_str(), &found) == 0);
    return found.st_mode & 0777;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_file, store_fixture)

BOOST_AUTO_TEST_CASE(the_files_are_for_their_owner_alone) {
    const auto held_open = db->models();
    held_open->change_token();
    add_model("m");
    for (const char* name : {"ferry.db", "ferry.db-wal", "ferry.db-shm"}) {
        BOOST_TEST(mode_of(folder / name) == mode_t{0600}, name);
    }
}

BOOST_AUTO_TEST_CASE(a_look_at_what_is_pending_makes_no_file) {
    const fresh_store nothing;
    BOOST_TEST(open(nothing.chosen())->pending_migrations().size() == own_migrations().size());
    BOOST_TEST(!std::filesystem::exists(nothing.folder / "ferry.db"));
}

BOOST_AUTO_TEST_CASE(missing_folders_are_made) {
    options deep;
    deep.url = "sqlite:" + (folder / "a") + "/b/ferry.db";
    open(deep)->migrate();
    BOOST_TEST(std::filesystem::exists(folder / "a/b/ferry.db"));
}

BOOST_AUTO_TEST_CASE(a_place_where_no_file_can_be_is_unavailable) {
    options bad;
    bad.url = "sqlite:/proc/no/ferry.db";
    BOOST_CHECK_THROW(open(bad)->migrate(), store_unavailable);
    bad.url = "sqlite:" + (folder / "");
    BOOST_CHECK_THROW(open(bad)->migrate(), store_unavailable);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_unavailable_and_left_as_it_is) {
    const std::string path = folder / "other.db";
    std::ofstream(path) << std::string(5000, 'x');
    options bad;
    bad.url = "sqlite:" + path;
    BOOST_CHECK_THROW(open(bad)->migrate(), store_unavailable);
    BOOST_TEST(std::filesystem::file_size(path) == 5000u);
}

BOOST_AUTO_TEST_CASE(an_address_of_another_kind_is_refused_without_repeating_it) {
    for (const char* url : {"", "sqlite:", "mysql://u:hunter2@h/d", "var/ferry.db"}) {
        options bad;
        bad.url = url;
        BOOST_CHECK_EXCEPTION(open(bad), store_error, [](const store_error& error) {
            return std::string_view(error.what()).find("hunter2") == std::string_view::npos;
        });
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_was_replaced_is_opened_anew) {
    add_model("old");
    db->sql()->run("VACUUM INTO '" + (folder / "backup.db") + "'", [](const sql_result&) {});
    const auto models = db->models();
    add_model("lost with the old file");
    BOOST_TEST(models->list_models().size() == 2u);

    for (const char* name : {"ferry.db", "ferry.db-wal", "ferry.db-shm"}) std::filesystem::remove(folder / name);
    BOOST_CHECK_THROW(models->list_models(), store_unavailable);
    std::filesystem::rename(folder / "backup.db", folder / "ferry.db");
    BOOST_TEST(models->list_models().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_reader_sees_one_version_while_another_writes) {
    const auto usage = db->usage();
    const std::vector<usage_row> two{usage_of("a", 1), usage_of("b", 2)};
    usage->insert(two, {});
    const auto other = again()->usage();
    std::size_t seen = 0;
    usage->scan({}, [&](const usage_row&) {
        if (++seen == 1) other->insert(std::vector<usage_row>{usage_of("c", 3)}, {});
    });
    BOOST_TEST(seen == 2u);
}

BOOST_AUTO_TEST_CASE(commits_survive_a_killed_process) {
    const pid_t child = ::fork();
    if (child == 0) {
        const auto usage = again()->usage();
        usage->insert(std::vector<usage_row>{usage_of("a", 1)}, {});
        ::raise(SIGKILL);
    }
    ::waitpid(child, nullptr, 0);
    BOOST_TEST(ask("SELECT count(*) FROM usage_records") == "1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
