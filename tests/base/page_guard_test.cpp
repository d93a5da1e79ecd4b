#include "base/page_guard.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/file.hpp"

namespace {

using namespace ferry;

constexpr std::size_t page = 4096, pages = 16;

struct mapped_file {
    mapped_file() {
        std::string name = (std::filesystem::temp_directory_path() / "ferry-guard-XXXXXX").string();
        folder = ::mkdtemp(name.data());
        made = file::create(folder + "/f");
        made.allocate(pages * page);
        memory = mapping(made, pages * page);
        std::memset(memory.data(), 'a', memory.size());
    }
    ~mapped_file() { std::filesystem::remove_all(folder); }

    std::string folder;
    file made;
    mapping memory;
};

BOOST_FIXTURE_TEST_SUITE(guarded_pages, mapped_file)

BOOST_AUTO_TEST_CASE(pages_cut_off_become_memory_and_the_others_stay_the_files) {
    std::filesystem::resize_file(made.path(), 2 * page);
    BOOST_TEST(memory.data()[2 * page - 1] == 'a');
    BOOST_TEST(!memory.has_lost_pages());
    BOOST_TEST(memory.data()[5 * page] == '\0');
    BOOST_TEST(memory.has_lost_pages());
    std::memset(memory.data() + page, 'b', 8 * page);
    BOOST_TEST(memory.data()[9 * page - 1] == 'b');
    BOOST_TEST(memory.data()[9 * page] == '\0');
    BOOST_TEST(made.read() == std::string(page, 'a') + std::string(page, 'b'));
}

BOOST_AUTO_TEST_CASE(threads_that_touch_the_same_lost_page_together_wipe_out_nothing) {
    for (int round = 0; round < 50; ++round) {
        made.allocate(pages * page);
        memory = mapping(made, pages * page);
        std::filesystem::resize_file(made.path(), 0);
        std::vector<std::thread> threads;
        for (std::size_t t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                for (std::size_t i = 0; i < pages; ++i) memory.data()[i * page + t] = 'x';
            });
        for (auto& each : threads) each.join();
        for (std::size_t i = 0; i < pages; ++i) BOOST_TEST_REQUIRE(std::string(memory.data() + i * page, 4) == "xxxx");
    }
}

BOOST_AUTO_TEST_CASE(a_guard_that_went_leaves_its_place_to_the_next) {
    for (int round = 0; round < 100; ++round) {
        made.allocate(pages * page);
        memory = mapping(made, pages * page);
        BOOST_TEST_REQUIRE(!memory.has_lost_pages());
        std::filesystem::resize_file(made.path(), 0);
        memory.data()[0] = 'x';
        BOOST_TEST_REQUIRE(memory.has_lost_pages());
    }
}

BOOST_AUTO_TEST_CASE(a_page_lost_outside_of_any_guard_ends_the_process_as_ever) {
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        ::signal(SIGBUS, SIG_DFL);
        const mapping guarded(made, page);
        void* bare = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_SHARED,
                            ::open(made.path().c_str(), O_RDWR), 0);
        std::filesystem::resize_file(made.path(), 0);
        static_cast<volatile char*>(bare)[0] = 'x';
        ::_exit(0);
    }
    int status = 0;
    BOOST_REQUIRE_EQUAL(::waitpid(child, &status, 0), child);
    BOOST_TEST((WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
