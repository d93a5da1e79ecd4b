#include "usage/journal.hpp"

#include <sys/stat.h>

#include <future>

#include "usage/journal_fixture.hpp"

namespace {

using namespace ferry;
using namespace ferry::usage;
using namespace ferry::usage::testing;

std::string why_it_does_not_open(const std::string& folder, options chosen) {
    chosen.journal_dir = folder;
    try {
        journal opened(chosen, 2, small_segments);
    } catch (const journal_error& error) {
        return error.what();
    }
    return "it opened";
}

file_fault failing(file_call which, std::errc reason) {
    return [=](file_call call, const std::string&) {
        return call == which ? std::make_error_code(reason) : std::error_code();
    };
}

BOOST_AUTO_TEST_SUITE(the_journal)

BOOST_AUTO_TEST_CASE(a_missing_folder_is_created_for_its_owner_alone) {
    temporary_folder folder;
    journal opened(journal_in(folder.path + "/a/b"), 2, small_segments);
    struct stat found {};
    BOOST_REQUIRE_EQUAL(::stat((folder.path + "/a/b").c_str(), &found), 0);
    BOOST_TEST((found.st_mode & 0777) == 0700u);
    const auto files = list_folder(folder.path + "/a/b");
    BOOST_TEST(files.size() == 4u);
    BOOST_REQUIRE_EQUAL(::stat((folder.path + "/a/b/" + files[0]).c_str(), &found), 0);
    BOOST_TEST((found.st_mode & 0777) == 0600u);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_used_is_one_sentence_that_says_what_to_do) {
    temporary_folder folder;
    std::ofstream(folder.path + "/file") << "x";
    for (const std::string& path : {folder.path + "/file", folder.path + "/file/below"}) {
        const std::string text = why_it_does_not_open(path, {});
        BOOST_TEST(text.find(path) != text.npos);
        BOOST_TEST(text.find("not a folder: set usage.journal_dir") != text.npos);
    }
    set_file_fault(failing(file_call::create, std::errc::permission_denied));
    BOOST_TEST(why_it_does_not_open(folder.path, {}).find("chown") != std::string::npos);
    set_file_fault(failing(file_call::allocate, std::errc::no_space_on_device));
    BOOST_TEST(why_it_does_not_open(folder.path, {}).find("the disk is full") != std::string::npos);
    set_file_fault({});
    BOOST_TEST(list_folder(folder.path).size() == 1u);  // nothing is left behind
    options tiny;
    tiny.journal_max_bytes = 1024;
    BOOST_TEST(why_it_does_not_open(folder.path, tiny).find("raise it, or lower server.threads") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(requests_are_refused_when_the_journal_is_full_and_those_let_in_settle) {
    temporary_folder folder;
    options chosen = journal_in(folder.path);
    chosen.journal_max_bytes = 2 * small_segments.segment_bytes;
    journal full(chosen, 1, small_segments);
    journal_writer& writer = full.writer(0);
    std::vector<open_request> open;
    std::map<std::string, std::int64_t> accepted;
    const std::string long_text(300, 'x');
    std::int64_t n = 0;
    for (;; ++n) {
        begin_record record = begin_number(n, make_uuid());
        record.user_agent = long_text;
        auto begun = begin_when_there_is_a_segment(writer, record);
        if (!begun) {
            BOOST_TEST((begun.error().code == fault_code::journal_full));
            break;
        }
        accepted[to_string(record.id)] = n;
        open.push_back(std::move(*begun));
    }
    BOOST_TEST(n > 3);
    // The worst that may come: many tries, long texts.
    std::vector<attempt_result> tries(12);
    for (auto& each : tries) each.error_code = long_text;
    for (std::size_t i = 0; i < open.size(); ++i) {
        for (int attempt = 1; attempt <= 12; ++attempt) {
            attempt_record record = attempt_number(attempt);
            record.model_name = record.upstream_model = long_text;
            writer.attempt(open[i], record);
        }
        end_record record = end_number(static_cast<std::int64_t>(i));
        record.error_code = record.finish_reason = record.upstream_request_id = long_text;
        record.attempts = tries;
        writer.end(open[i], record);
    }
    BOOST_TEST(full.status().refused == 1u);
    memory_store store;
    shipper ships(full, store);
    BOOST_REQUIRE(ships.flush(soon()));
    const auto rows = store.rows();
    BOOST_TEST(rows.size() == accepted.size());
    for (const auto& [id, number] : accepted) BOOST_TEST(rows.at(id).prompt_tokens.value() == number);
}

BOOST_AUTO_TEST_CASE(a_full_journal_takes_requests_again_when_the_store_has_taken_its_rows) {
    temporary_folder folder;
    options chosen = journal_in(folder.path);
    chosen.journal_max_bytes = 4 * small_segments.segment_bytes;
    journal small(chosen, 1, small_segments);
    std::int64_t served = 0;
    while (auto open = begin_when_there_is_a_segment(small.writer(0), begin_number(served, make_uuid())))
        small.writer(0).end(*open, end_number(served++));
    BOOST_TEST(small.status().bytes <= chosen.journal_max_bytes + 2 * small_segments.segment_bytes);
    memory_store store;
    shipper ships(small, store);
    for (int i = 0; i < 2000; ++i) serve(small.writer(0), served++);
    BOOST_REQUIRE(ships.flush(soon()));
    BOOST_TEST(store.rows().size() == static_cast<std::size_t>(served));
}

BOOST_AUTO_TEST_CASE(a_request_let_go_without_an_end_settles_itself_as_interrupted) {
    temporary_folder folder;
    journal opened(journal_in(folder.path), 1, small_segments);
    const uuid id = make_uuid();
    {
        auto open = opened.writer(0).begin(begin_number(1, id));
        opened.writer(0).attempt(*open, attempt_number(1));
    }
    auto held = opened.writer(0).begin(begin_number(2, make_uuid()));
    opened.close();
    opened.writer(0).attempt(*held, attempt_number(1));
    opened.writer(0).end(*held, end_number(2));
    BOOST_TEST((opened.writer(0).begin(begin_number(3, make_uuid())).error().code == fault_code::shutting_down));
    memory_store store;
    shipper ships(opened, store);
    BOOST_REQUIRE(ships.flush(soon()));
    BOOST_TEST(store.rows().size() == 2u);
    for (const auto& [request, row] : store.rows()) {
        BOOST_TEST(row.basis == "interrupted");
        BOOST_TEST(row.end_reason == "shutdown");
        BOOST_TEST(row.model_name == (request == to_string(id) ? "model-row" : "model-asked"));
    }
    BOOST_TEST(folder.segments().empty());
}

BOOST_AUTO_TEST_CASE(a_long_stream_pins_no_segment) {
    temporary_folder folder;
    journal opened(journal_in(folder.path), 1, small_segments);
    memory_store store;
    shipper ships(opened, store);
    const uuid id = make_uuid();
    auto stream = opened.writer(0).begin(begin_number(1, id));
    opened.writer(0).attempt(*stream, attempt_number(1));
    for (int n = 0; n < 3000; ++n) serve(opened.writer(0), n);
    while (folder.segments().size() > 3) BOOST_REQUIRE(ships.flush(soon()));
    opened.writer(0).end(*stream, end_number(1));
    BOOST_REQUIRE(ships.flush(soon()));
    const auto row = store.rows().at(to_string(id));
    BOOST_TEST(row.prompt_tokens.value() == 1);
    BOOST_TEST(row.model_id.value() == 41);
    BOOST_TEST(store.rows().size() == 3001u);
}

BOOST_AUTO_TEST_CASE(segments_grow_with_the_number_of_open_requests) {
    temporary_folder folder;
    journal opened(journal_in(folder.path), 1, small_segments);
    std::vector<open_request> open;
    for (int n = 0; n < 500; ++n) open.push_back(std::move(*begin_patiently(opened.writer(0), n, make_uuid())));
    for (int n = 0; n < 5000; ++n) serve(opened.writer(0), n);
    BOOST_TEST(opened.status().open_requests == 500u);
    for (auto& each : open) opened.writer(0).end(each, end_number(1));
    memory_store store;
    shipper ships(opened, store);
    BOOST_REQUIRE(ships.flush(soon()));
    BOOST_TEST(store.rows().size() == 5500u);
}

BOOST_AUTO_TEST_CASE(who_waits_for_the_disk_is_told_on_the_core_when_it_is_there) {
    temporary_folder folder;
    journal opened(journal_in(folder.path), 1, {small_segments.segment_bytes, 10s, {}, 1h});
    journal_writer& writer = opened.writer(0);
    std::promise<std::function<void()>> posted;
    writer.set_post([&](std::function<void()> work) { posted.set_value(std::move(work)); });
    serve(writer, 1);
    bool is_durable = false;
    writer.when_durable(writer.position(), [&](bool durable) { is_durable = durable; });
    auto work = posted.get_future();
    BOOST_REQUIRE((work.wait_for(20s) == std::future_status::ready));
    BOOST_TEST(!is_durable);
    work.get()();
    BOOST_TEST(is_durable);
}

BOOST_AUTO_TEST_CASE(a_segment_stays_until_the_one_that_repeats_its_open_requests_is_on_the_disk) {
    temporary_folder folder;
    std::mutex guard;
    std::condition_variable changed;
    bool is_slow = true;
    set_file_fault([&](file_call call, const std::string& path) -> std::error_code {
        std::unique_lock lock(guard);
        if (call == file_call::sync && path.ends_with("-0000000002.seg")) changed.wait(lock, [&] { return !is_slow; });
        return {};
    });
    memory_store store;
    journal opened(journal_in(folder.path), 1, small_segments);
    shipper ships(opened, store);
    const std::string first = folder.segments()[0];
    auto stream = opened.writer(0).begin(begin_number(0, make_uuid()));
    std::int64_t n = 1;
    while (opened.writer(0).position() <= small_segments.segment_bytes) serve(opened.writer(0), n++);
    BOOST_REQUIRE(ships.flush(soon()));
    BOOST_TEST(store.rows().size() == static_cast<std::size_t>(n - 1));
    BOOST_TEST(std::filesystem::exists(first));
    {
        std::lock_guard lock(guard);
        is_slow = false;
    }
    changed.notify_all();
    while (std::filesystem::exists(first)) BOOST_REQUIRE(ships.flush(soon()));
    opened.writer(0).end(*stream, end_number(0));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
