#include "catalog/snapshot_file.hpp"

#include <stdlib.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "base/file.hpp"
#include "catalog/snapshot_rows.hpp"
#include "store/store_error.hpp"

namespace ferry::catalog {
namespace {

using std::chrono::hours;

struct folder {
    folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "ferry-snapshot-XXXXXX").string();
        BOOST_TEST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path = pattern + "/deep/catalog.snapshot";
        root = pattern;
    }
    ~folder() {
        set_file_fault({});
        std::filesystem::remove_all(root);
    }
    std::string path, root;

    void set_age(hours age) const {
        const auto then = std::filesystem::file_time_type::clock::now() - age;
        std::filesystem::last_write_time(path, then);
    }
};

store::catalog_rows some_rows() {
    store::catalog_rows rows;
    rows.version = 9'007'199'254'740'993;
    auto& model = rows.models.emplace_back();
    model.id = INT64_MAX;
    model.model_name = "\"quoted\"\n\\";
    model.api_key = "sk-secret";
    model.extra_body = R"({"n":1e400,"n":12345678901234567890})";
    model.input_price_pico = 0;
    model.is_enabled = false;
    model.defect = "weight must be a whole number";
    auto& route = rows.routes.emplace_back();
    route.name = "r";
    route.members = "[]";
    auto& key = rows.keys.emplace_back();
    key.public_id = "p";
    key.key_sha256 = std::string(64, 'a');
    key.expires_at_us = -1;
    key.store_messages = false;
    return rows;
}

std::string text_of(const store::catalog_rows& rows) {
    std::string text;
    write_catalog_text(rows, 100, [&text](std::string_view piece) { text += piece; });
    return text;
}

// The rows of some_rows() with a model and a key more, and without the route.
store::catalog_changes some_changes() {
    store::catalog_changes changes;
    changes.version = 9'007'199'254'740'994;
    auto& model = changes.models.emplace_back();
    model.id = 1;
    model.model_name = "added";
    auto& key = changes.keys.emplace_back();
    key.id = 5;
    key.public_id = "q";
    changes.routes_gone = {"r"};
    return changes;
}

auto says(std::string_view what) {
    return [what](const store::store_error& error) {
        return std::string_view(error.what()).find(what) != std::string_view::npos;
    };
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(snapshot_files, folder)

BOOST_AUTO_TEST_CASE(what_is_saved_comes_back) {
    snapshot_file(path, hours(1)).save(some_rows());
    const auto rows = snapshot_file(path, hours(1)).load();
    BOOST_TEST(text_of(rows) == text_of(some_rows()));
    BOOST_TEST(rows.version == 9'007'199'254'740'993);
    BOOST_TEST(rows.models.at(0).id == INT64_MAX);
    BOOST_TEST(rows.models[0].model_name == "\"quoted\"\n\\");
    BOOST_TEST(rows.models[0].extra_body.value() == R"({"n":1e400,"n":12345678901234567890})");
    BOOST_TEST(rows.models[0].input_price_pico.value() == 0);
    BOOST_TEST(!rows.models[0].output_price_pico);
    BOOST_TEST(!rows.models[0].is_enabled);
    BOOST_TEST(rows.models[0].defect == "weight must be a whole number");
    BOOST_TEST(rows.routes.at(0).members == "[]");
    BOOST_TEST(rows.keys.at(0).expires_at_us.value() == -1);
    BOOST_TEST(!rows.keys[0].store_messages);
    BOOST_TEST(rows.keys[0].is_enabled);
}

BOOST_AUTO_TEST_CASE(the_file_is_for_its_owner_alone) {
    snapshot_file(path, hours(1)).save(some_rows());
    struct stat found {};
    BOOST_TEST_REQUIRE(::stat(path.c_str(), &found) == 0);
    BOOST_TEST((found.st_mode & 0777) == mode_t{0600});
}

BOOST_AUTO_TEST_CASE(a_save_that_fails_leaves_the_last_one) {
    snapshot_file kept(path, hours(1));
    kept.save(some_rows());
    auto other = some_rows();
    other.version = 2;
    for (const auto call : {file_call::create, file_call::write, file_call::sync, file_call::rename}) {
        set_file_fault([call](file_call asked, const std::string&) {
            return asked == call ? std::make_error_code(std::errc::no_space_on_device) : std::error_code();
        });
        BOOST_CHECK_THROW(kept.save(other), file_error);
        set_file_fault({});
        BOOST_TEST(kept.load().version == some_rows().version);
    }
    kept.save(other);
    BOOST_TEST(kept.load().version == 2);
}

BOOST_AUTO_TEST_CASE(one_that_is_too_old_is_refused_until_the_store_confirms_it) {
    snapshot_file kept(path, hours(24));
    kept.save(some_rows());
    set_age(hours(25));
    BOOST_CHECK_EXCEPTION(kept.load(), store::store_error, says("older than"));
    kept.confirm();
    BOOST_TEST(kept.load().models.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_missing_or_damaged_one_is_refused_without_quoting_it) {
    snapshot_file kept(path, hours(1));
    BOOST_CHECK_EXCEPTION(kept.load(), store::store_error, says("there is no"));
    BOOST_CHECK_EXCEPTION(snapshot_file("", hours(1)).load(), store::store_error, says("no store.snapshot_file"));
    kept.save(some_rows());
    const std::string text = text_of(some_rows());
    const std::string newer = "{\"format\":3" + text.substr(text.find('}'));
    for (const std::string& bad : {std::string(), std::string("[]"), text.substr(0, text.size() / 2), newer}) {
        std::ofstream(path) << bad;
        BOOST_CHECK_EXCEPTION(kept.load(), store::store_error, says("cannot be used"));
    }
}

BOOST_AUTO_TEST_CASE(without_a_path_nothing_is_kept) {
    snapshot_file nowhere("", hours(1));
    nowhere.save(some_rows());
    nowhere.confirm();
    BOOST_TEST(std::filesystem::is_empty(root));
}

BOOST_AUTO_TEST_CASE(what_changed_is_added_to_the_file_and_comes_back_with_the_rest) {
    snapshot_file kept(path, hours(1));
    kept.save(some_rows());
    const auto size = std::filesystem::file_size(path);
    BOOST_TEST(kept.add(some_changes()));
    BOOST_TEST(std::filesystem::file_size(path) < 2 * size);
    auto rows = kept.load();
    BOOST_TEST(rows.version == 9'007'199'254'740'994);
    BOOST_REQUIRE(rows.models.size() == 2u);
    BOOST_TEST(rows.models[0].model_name == "added");
    BOOST_TEST(rows.models[1].id == INT64_MAX);
    BOOST_TEST(rows.routes.empty());
    BOOST_TEST(rows.keys.size() == 2u);

    store::catalog_changes more;
    more.version = 9'007'199'254'740'995;
    more.models = some_changes().models;
    more.models[0].model_name = "changed";
    more.models_gone = {INT64_MAX};
    more.keys_gone = {5};
    BOOST_TEST(kept.add(more));
    rows = kept.load();
    BOOST_REQUIRE(rows.models.size() == 1u);
    BOOST_TEST(rows.models[0].model_name == "changed");
    BOOST_TEST(rows.keys.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_while_something_was_added_is_the_catalog_before) {
    snapshot_file kept(path, hours(1));
    kept.save(some_rows());
    const auto saved = std::filesystem::file_size(path);
    kept.add(some_changes());
    const auto size = std::filesystem::file_size(path);
    for (auto cut = size - 1; cut >= saved; --cut) {
        std::filesystem::resize_file(path, cut);
        const auto rows = kept.load();
        BOOST_REQUIRE(rows.version == some_rows().version);
        BOOST_REQUIRE(text_of(rows) == text_of(some_rows()));
    }
    std::filesystem::resize_file(path, saved - 1);
    BOOST_CHECK_EXCEPTION(kept.load(), store::store_error, says("damaged"));
}

BOOST_AUTO_TEST_CASE(after_a_write_that_failed_nothing_is_added_until_the_file_was_saved_again) {
    snapshot_file kept(path, hours(1));
    BOOST_TEST(!kept.add(some_changes()));
    kept.save(some_rows());
    set_file_fault([](file_call asked, const std::string&) {
        return asked == file_call::write ? std::make_error_code(std::errc::no_space_on_device) : std::error_code();
    });
    BOOST_CHECK_THROW(kept.add(some_changes()), file_error);
    set_file_fault({});
    set_age(hours(10));
    BOOST_TEST(!kept.add(some_changes()));
    BOOST_TEST(!snapshot_file(path, hours(1)).confirm());
    kept.save(some_rows());
    BOOST_TEST(kept.add(some_changes()));
    BOOST_TEST(kept.load().models.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_file_that_another_process_has_put_there_is_left_to_it_as_long_as_it_keeps_it) {
    snapshot_file ours(path, hours(1));
    ours.save(some_rows());
    auto other = some_rows();
    other.version = 77;
    snapshot_file theirs(path, hours(1));
    theirs.save(other);
    BOOST_TEST(ours.add(some_changes()));
    BOOST_TEST(ours.load().version == 77);
    set_age(hours(1));
    BOOST_TEST(!ours.add(some_changes()));
    ours.save(some_rows());
    BOOST_TEST(ours.add(some_changes()));
    BOOST_TEST(ours.load().version == some_changes().version);
}

BOOST_AUTO_TEST_CASE(a_file_with_more_added_than_saved_has_outgrown_itself) {
    snapshot_file kept(path, hours(1));
    kept.save(some_rows());
    auto changes = some_changes();
    changes.models[0].api_key = std::string(10'000, 'x');
    for (int i = 0; i < 6; ++i) kept.add(changes);
    BOOST_TEST(!kept.has_outgrown());
    for (int i = 0; i < 3; ++i) kept.add(changes);
    BOOST_TEST(kept.has_outgrown());
    kept.save(some_rows());
    BOOST_TEST(!kept.has_outgrown());
}

BOOST_AUTO_TEST_CASE(a_file_of_the_version_before_is_read) {
    std::filesystem::create_directories(root + "/deep");
    std::ofstream(path) << R"({"format":1,"version":5,"models":[],"routes":[{"name":"r","strategy":"priority",)"
                        << R"("members":"[]","is_enabled":true,"defect":""}],"keys":[]})" << '\n';
    const auto rows = snapshot_file(path, hours(1)).load();
    BOOST_TEST(rows.version == 5);
    BOOST_REQUIRE(rows.routes.size() == 1u);
    BOOST_TEST(rows.routes[0].strategy == "priority");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::catalog
