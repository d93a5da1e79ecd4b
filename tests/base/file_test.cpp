#include "base/file.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>

namespace {

using namespace ferry;

struct folder_of_a_test {
    folder_of_a_test() {
        std::string name = (std::filesystem::temp_directory_path() / "ferry-file-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~folder_of_a_test() {
        set_file_fault({});
        std::filesystem::remove_all(path);
    }
    std::string path;
};

BOOST_FIXTURE_TEST_SUITE(files, folder_of_a_test)

BOOST_AUTO_TEST_CASE(what_is_written_through_a_mapping_is_in_the_file) {
    file made = file::create(path + "/a");
    made.allocate(8192);
    BOOST_TEST(made.size() == 8192u);
    const mapping mapped(made, 8192);
    mapped.data()[5000] = 'x';
    made.write_at(5001, "yz");
    BOOST_TEST(file::open_existing(path + "/a").read().substr(5000, 3) == "xyz");
    BOOST_TEST(std::string(mapped.data() + 5001, 2) == "yz");
    made.sync_data();
    BOOST_TEST(made.read(10).size() == 10u);
}

BOOST_AUTO_TEST_CASE(an_appended_text_goes_to_the_end) {
    file::open_to_append(path + "/log").append("one\n");
    file::open_to_append(path + "/log").append("two\n");
    BOOST_TEST(file::open_existing(path + "/log").read() == "one\ntwo\n");
}

BOOST_AUTO_TEST_CASE(a_lock_keeps_others_out_until_it_is_closed_and_follows_a_rename) {
    file first = file::create(path + "/a");
    BOOST_TEST(first.try_lock());
    rename_file(path + "/a", path + "/b");
    file second = file::open_existing(path + "/b");
    BOOST_TEST(!second.try_lock());
    first = file();
    BOOST_TEST(second.try_lock());
}

BOOST_AUTO_TEST_CASE(a_removed_file_has_no_name_and_removing_it_again_is_fine) {
    const file made = file::create(path + "/a");
    BOOST_TEST(made.has_name());
    remove_file(path + "/a");
    remove_file(path + "/a");
    BOOST_TEST(!made.has_name());
    sync_folder(path);
}

BOOST_AUTO_TEST_CASE(folders_are_made_with_their_parents_and_listed_in_order) {
    make_folder(path + "/x/y/z");
    make_folder(path + "/x/y/z");
    file::create(path + "/x/b");
    file::create(path + "/x/a");
    BOOST_TEST(list_folder(path + "/x") == (std::vector<std::string>{"a", "b", "y"}), boost::test_tools::per_element());
    BOOST_CHECK_THROW(make_folder(path + "/x/a"), file_error);
    BOOST_CHECK_THROW(make_folder(path + "/x/a/below"), file_error);
}

BOOST_AUTO_TEST_CASE(the_parent_of_every_folder_that_is_made_is_synced) {
    std::vector<std::string> synced;
    set_file_fault([&](file_call call, const std::string& of) {
        if (call == file_call::sync_folder) synced.push_back(of);
        return std::error_code();
    });
    make_folder(path + "/x/y");
    make_folder(path + "/x/y");
    BOOST_TEST(synced == (std::vector<std::string>{path, path + "/x"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_error_names_what_failed_the_path_and_the_reason) {
    try {
        file::open_existing(path + "/missing");
        BOOST_ERROR("it opened");
    } catch (const file_error& error) {
        BOOST_TEST(error.what() == "cannot open " + path + "/missing: No such file or directory");
        BOOST_TEST((error.code() == std::errc::no_such_file_or_directory));
    }
    BOOST_CHECK_THROW(file::create(path), file_error);
    BOOST_CHECK_THROW(list_folder(path + "/missing"), file_error);
    BOOST_CHECK_THROW(sync_folder(path + "/missing"), file_error);
    BOOST_CHECK_THROW(rename_file(path + "/missing", path + "/b"), file_error);
}

BOOST_AUTO_TEST_CASE(any_call_can_be_made_to_fail) {
    int calls = 0;
    set_file_fault([&](file_call, const std::string&) {
        return ++calls == 3 ? std::make_error_code(std::errc::io_error) : std::error_code();
    });
    file made = file::create(path + "/a");
    made.append("1");
    BOOST_CHECK_THROW(made.sync_data(), file_error);
    made.sync_data();
    BOOST_TEST(calls == 4);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
