#include "catalog/refresher.hpp"

#include <stdlib.h>

#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <filesystem>

#include "sample_rows.hpp"
#include "scripted_store.hpp"

using namespace ferry;
using namespace ferry::catalog::samples;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 10s;  // for what must happen; never waited for in full unless it does not

// Collects what is published; a test waits for the publication it expects.
class collector {
public:
    void take(catalog::published fresh) {
        const std::lock_guard lock(mutex_);
        all_.push_back(std::move(fresh));
        news_.notify_all();
    }
    catalog::published wait_for(std::size_t number) {
        std::unique_lock lock(mutex_);
        BOOST_REQUIRE(news_.wait_for(lock, patience, [&] { return all_.size() >= number; }));
        return all_[number - 1];
    }
    std::size_t count() {
        const std::lock_guard lock(mutex_);
        return all_.size();
    }

private:
    std::mutex mutex_;
    std::condition_variable news_;
    std::vector<catalog::published> all_;
};

struct temporary_file {
    std::string folder = (std::filesystem::temp_directory_path() / "ferry-kept-XXXXXX").string();
    std::string path = std::string(::mkdtemp(folder.data())) + "/catalog.snapshot";
    ~temporary_file() { std::filesystem::remove_all(folder); }
};

struct refresher_scene {
    std::shared_ptr<script> told = std::make_shared<script>();
    collector seen;
    catalog::refresher refresher;

    explicit refresher_scene(std::chrono::milliseconds interval = 1ms, const std::string& snapshot = {})
        : refresher(catalog::loader(opener(told), no_secrets, {snapshot, 1h}), interval,
                    [this](catalog::published fresh) { seen.take(std::move(fresh)); }) {
        told->rows.version = 10;
        told->rows.models = {model(1, "a")};
    }

    // The refresher asks again and again, so its state is asked for until it is as expected.
    template <class Condition>
    bool comes_true(const Condition& holds) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (!holds(refresher.state())) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            std::this_thread::yield();
        }
        return true;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(refresher)

BOOST_AUTO_TEST_CASE(start_publishes_before_it_returns) {
    refresher_scene s(1h);
    s.refresher.start();
    BOOST_REQUIRE(s.seen.count() == 1u);
    BOOST_TEST(s.seen.wait_for(1).models->version() == 10);
    const auto state = s.refresher.state();
    BOOST_TEST(state.version == 10);
    BOOST_TEST(state.last_success_us.has_value());
    BOOST_TEST(state.last_publish_us.has_value());
    BOOST_TEST(!state.last_error_us.has_value());
    BOOST_TEST(state.last_error == "");
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_be_read_at_the_start_throws_its_reason) {
    refresher_scene s;
    s.told->fail("var/ferry.db cannot be opened: permission denied");
    BOOST_CHECK_EXCEPTION(s.refresher.start(), store::store_error, [](const store::store_error& error) {
        return std::string_view(error.what()).find("permission denied") != std::string_view::npos;
    });
    BOOST_TEST(s.seen.count() == 0u);
}

BOOST_AUTO_TEST_CASE(a_change_in_the_store_is_published) {
    refresher_scene s;
    s.refresher.start();
    for (int id = 2; id <= 5; ++id) {
        s.told->change([&](auto& rows) { rows.models.push_back(model(id, "m" + std::to_string(id))); });
        const auto fresh = s.seen.wait_for(static_cast<std::size_t>(id));
        BOOST_TEST(fresh.models->version() == 9 + id);
        BOOST_TEST(fresh.models->find_row(id));
    }
}

BOOST_AUTO_TEST_CASE(the_old_catalog_stays_while_the_store_is_away) {
    refresher_scene s;
    s.refresher.start();
    s.told->fail("the disk is gone");
    BOOST_TEST(s.comes_true([](const auto& state) { return state.last_error == "the disk is gone"; }));
    BOOST_TEST(s.refresher.state().version == 10);
    BOOST_TEST(s.refresher.state().last_error_us.has_value());
    BOOST_TEST(s.seen.count() == 1u);

    s.told->change([](auto& rows) { rows.models.push_back(model(2, "b")); });
    s.told->fail("");
    BOOST_TEST(s.seen.wait_for(2).models->version() == 11);
    BOOST_TEST(s.comes_true([](const auto& state) { return state.last_error.empty() && state.version == 11; }));
    BOOST_TEST(s.refresher.state().last_error_us.has_value());
}

BOOST_AUTO_TEST_CASE(refused_rows_are_part_of_the_state_until_they_are_repaired) {
    refresher_scene s;
    s.told->rows.models.push_back(model(2, "bad"));
    s.told->rows.models[1].api_endpoint = "nonsense";
    s.refresher.start();
    BOOST_REQUIRE(s.refresher.state().refused->all().size() == 1u);
    BOOST_TEST(s.refresher.state().refused->all()[0].name == "bad");
    s.told->change([](auto& rows) { rows.models[1].api_endpoint = "http://127.0.0.1:9000/v1"; });
    s.seen.wait_for(2);
    BOOST_TEST(s.refresher.state().refused->all().empty());
}

BOOST_AUTO_TEST_CASE(refresh_now_publishes_though_nothing_changed) {
    refresher_scene s(1h);
    s.refresher.start();
    s.refresher.refresh_now();
    BOOST_TEST(s.seen.wait_for(2).models->version() == 10);
}

BOOST_AUTO_TEST_CASE(an_emptied_table_is_reported_and_the_models_stay) {
    refresher_scene s;
    s.refresher.start();
    s.told->change([](auto& rows) { rows.models.clear(); });
    BOOST_TEST(s.seen.wait_for(2).models->find_row(1));
    BOOST_TEST(s.refresher.state().version == 10);
    BOOST_TEST(s.refresher.state().kept_because.find("ai_models is empty") == 0u);
}

BOOST_AUTO_TEST_CASE(a_start_without_the_store_serves_what_was_kept_until_the_store_is_back) {
    const temporary_file kept;
    {
        refresher_scene earlier(1h, kept.path);
        earlier.refresher.start();
    }
    refresher_scene s(1ms, kept.path);
    s.told->fail("the store is away");
    s.refresher.start();
    BOOST_TEST(s.seen.wait_for(1).models->find_row(1));
    BOOST_TEST(s.refresher.state().is_from_snapshot);
    BOOST_TEST(s.refresher.state().last_error == "the store is away");
    BOOST_TEST(!s.refresher.state().last_success_us);

    s.told->change([](auto& rows) { rows.models.push_back(model(2, "b")); });
    s.told->fail("");
    BOOST_TEST(s.seen.wait_for(2).models->find_row(2));
    BOOST_TEST(s.comes_true([](const auto& state) { return !state.is_from_snapshot && state.last_error.empty(); }));
}

BOOST_AUTO_TEST_CASE(a_start_without_the_store_and_without_anything_kept_says_both) {
    refresher_scene s(1ms, "/nowhere/catalog.snapshot");
    s.told->fail("the store is away");
    BOOST_CHECK_EXCEPTION(s.refresher.start(), store::store_unavailable, [](const std::exception& error) {
        const std::string_view text = error.what();
        return text.starts_with("the store is away") && text.find("/nowhere/catalog.snapshot") != text.npos;
    });
}

BOOST_AUTO_TEST_CASE(a_catalog_that_cannot_be_kept_is_served) {
    refresher_scene s(1h, "/proc/nowhere/catalog.snapshot");
    s.refresher.start();
    BOOST_TEST(s.seen.wait_for(1).models->find_row(1));
    BOOST_TEST(s.refresher.state().last_error == "");
}

BOOST_AUTO_TEST_CASE(a_look_finds_what_has_changed) {
    refresher_scene s(1h);
    s.refresher.start();
    s.refresher.look();
    s.told->change([](auto& rows) { rows.models.push_back(model(2, "b")); });
    s.refresher.look();
    BOOST_TEST(s.seen.wait_for(2).models->find_row(2));
}

BOOST_AUTO_TEST_CASE(nothing_is_published_after_stop) {
    refresher_scene s;
    s.refresher.start();
    s.refresher.stop();
    const auto before = s.seen.count();
    s.told->change([](auto& rows) { rows.models.push_back(model(2, "b")); });
    s.refresher.refresh_now();
    s.refresher.stop();
    BOOST_TEST(s.seen.count() == before);
}

BOOST_AUTO_TEST_SUITE_END()
