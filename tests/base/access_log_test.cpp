#include "base/access_log.hpp"

#include <boost/test/unit_test.hpp>

#include "support/descriptor_pipe.hpp"

using ferry::access_entry;
using ferry::log_format;

namespace {

access_entry full_entry() {
    access_entry entry;
    entry.time_us = 1'769'903'999'000'042;  // 2026-01-31T23:59:59.000042Z
    entry.request_id = "0198c0de";
    entry.client_ip = "::1";
    entry.method = "POST";
    entry.target = "/v1/chat/completions?api-key=secret";
    entry.status = 200;
    entry.code = "upstream_truncated_body";
    entry.operation = "chat";
    entry.requested_model = "any";
    entry.model = "demo";
    entry.provider = "other";
    entry.key_name = "laptop";
    entry.key_refused = "expired";
    entry.key_id = "0123456789";
    entry.stream = true;
    entry.duration_us = 1500;
    entry.ttft_us = 700;
    entry.overhead_us = 55;
    entry.body_us = 3;
    entry.connect_us = 4;
    entry.upstream_ttfb_us = 600;
    entry.write_wait_us = 5;
    entry.prompt_tokens = 9;
    entry.completion_tokens = 12;
    entry.bytes_in = 300;
    entry.bytes_out = 4000;
    entry.attempts = 1;
    entry.end_reason = "done";
    entry.client_request_id = "mine";
    entry.upstream_request_id = "theirs";
    entry.user_agent = "OpenAI/JS 4.0";
    return entry;
}

std::string written(ferry::access_log& log, ferry::log_thread& thread, ferry::test::descriptor_pipe& pipe) {
    log.flush();
    thread.finish(std::chrono::seconds(10));
    return pipe.read_available();
}

std::string line_of(log_format format, const access_entry& entry) {
    ferry::test::descriptor_pipe pipe;
    ferry::log_thread thread(pipe.write_end(), "the access log");
    ferry::access_log log({.format = format}, thread, pipe.write_end());
    log.write(entry);
    return written(log, thread, pipe);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(access_log)

BOOST_AUTO_TEST_CASE(a_line_of_json_tells_all_that_is_known) {
    BOOST_TEST(line_of(log_format::json, full_entry()) ==
               R"({"time":"2026-01-31T23:59:59.000042Z","request_id":"0198c0de","client_ip":"::1","method":"POST",)"
               R"("path":"/v1/chat/completions","status":200,"code":"upstream_truncated_body","operation":"chat",)"
               R"("requested_model":"any","model":"demo","provider":"other",)"
               R"("key":"laptop","key_refused":"expired","key_id":"0123456789",)"
               R"("stream":true,"duration_us":1500,"ttft_us":700,"overhead_us":55,"body_us":3,)"
               R"("connect_us":4,"upstream_ttfb_us":600,"write_wait_us":5,"prompt_tokens":9,)"
               R"("completion_tokens":12,"bytes_in":300,"bytes_out":4000,"attempts":1,"end_reason":"done",)"
               R"("client_request_id":"mine","upstream_request_id":"theirs","user_agent":"OpenAI/JS 4.0"})"
               "\n");
}

BOOST_AUTO_TEST_CASE(a_line_of_text_tells_the_same) {
    BOOST_TEST(line_of(log_format::text, full_entry()) ==
               "2026-01-31T23:59:59.000042Z ::1 \"POST /v1/chat/completions\" 200 code=upstream_truncated_body "
               "duration_us=1500 requested_model=any model=demo provider=other operation=chat key=laptop "
               "key_refused=expired key_id=0123456789 stream ttft_us=700 overhead_us=55 body_us=3 connect_us=4 "
               "upstream_ttfb_us=600 write_wait_us=5 prompt_tokens=9 "
               "completion_tokens=12 bytes_in=300 bytes_out=4000 attempts=1 end_reason=done request_id=0198c0de "
               "client_request_id=mine upstream_request_id=theirs user_agent=\"OpenAI/JS 4.0\"\n");
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_left_out) {
    BOOST_TEST(line_of(log_format::json, {}) ==
               R"({"time":"1970-01-01T00:00:00.000000Z","status":0,"stream":false,"duration_us":0,"bytes_in":0,)"
               R"("bytes_out":0,"attempts":0})"
               "\n");
    BOOST_TEST(line_of(log_format::text, {}) ==
               "1970-01-01T00:00:00.000000Z - \" \" 0 duration_us=0 bytes_in=0 bytes_out=0 attempts=0\n");
}

BOOST_AUTO_TEST_CASE(a_query_which_may_hold_a_secret_is_never_written) {
    for (const auto format : {log_format::json, log_format::text}) {
        BOOST_TEST(line_of(format, full_entry()).find("secret") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(no_client_can_forge_a_line_or_break_its_json) {
    auto entry = full_entry();
    const std::string evil = "x\"}\n{\"status\":500} \\ \x1b[2J \xff\xc2\x9b";
    entry.user_agent = entry.target = entry.model = entry.method = entry.request_id = evil;
    entry.client_request_id = entry.upstream_request_id = evil;
    for (const auto format : {log_format::json, log_format::text}) {
        const auto line = line_of(format, entry);
        BOOST_TEST(line.find('\n') == line.size() - 1);
        BOOST_TEST(line.find('\x1b') == std::string::npos);
    }
    const auto json = line_of(log_format::json, entry);
    BOOST_TEST(json.find(R"("model":"x\"}\n{\"status\":500} \\ \u001b[2J )"
                         "\xef\xbf\xbd\\u009b\",\"provider\"") != std::string::npos,
               json);
}

BOOST_AUTO_TEST_CASE(the_longest_line_stays_within_what_a_pipe_takes_whole) {
    for (const std::string& filler : {std::string(100'000, 'x'), std::string(100'000, '\x01')}) {
        access_entry entry = full_entry();
        entry.request_id = entry.client_ip = entry.method = entry.target = entry.operation = filler;
        entry.model = entry.provider = entry.key_name = entry.end_reason = entry.user_agent = filler;
        entry.client_request_id = entry.upstream_request_id = filler;
        entry.duration_us = entry.ttft_us = entry.overhead_us = INT64_MAX;
        entry.body_us = entry.connect_us = entry.upstream_ttfb_us = entry.write_wait_us = INT64_MAX;
        entry.prompt_tokens = entry.completion_tokens = INT64_MAX;
        entry.bytes_in = entry.bytes_out = UINT64_MAX;
        for (const auto format : {log_format::json, log_format::text}) {
            const auto line = line_of(format, entry);
            BOOST_TEST(line.size() > 1000u);
            BOOST_TEST(line.size() <= 4096u);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_cached_second_follows_the_clock_both_ways) {
    ferry::test::descriptor_pipe pipe;
    ferry::log_thread thread(pipe.write_end(), "the access log");
    ferry::access_log log({.format = log_format::text}, thread, pipe.write_end());
    for (const std::int64_t time : {1'999'999, 2'000'001, 1'500'000}) {
        access_entry entry;
        entry.time_us = time;
        log.write(entry);
    }
    const auto text = written(log, thread, pipe);
    BOOST_TEST(text.find("1970-01-01T00:00:01.999999Z") == 0u);
    BOOST_TEST(text.find("\n1970-01-01T00:00:02.000001Z") != std::string::npos);
    BOOST_TEST(text.find("\n1970-01-01T00:00:01.500000Z") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nothing_is_written_when_the_access_log_is_off) {
    ferry::test::descriptor_pipe pipe;
    ferry::log_thread thread(pipe.write_end(), "the access log");
    ferry::access_log log({.access = false}, thread, pipe.write_end());
    log.write(full_entry());
    BOOST_TEST(written(log, thread, pipe).empty());
}

BOOST_AUTO_TEST_CASE(lines_are_handed_over_when_16_kib_have_gathered_and_when_the_log_ends) {
    ferry::test::descriptor_pipe pipe;
    ferry::log_thread thread(pipe.write_end(), "the access log");
    {
        ferry::access_log log({.format = log_format::json}, thread, pipe.write_end());
        log.write(full_entry());
        thread.flush(std::chrono::seconds(10));
        BOOST_TEST(pipe.read_available().empty());
        for (int i = 0; i < 40; ++i) log.write(full_entry());
        thread.flush(std::chrono::seconds(10));
        BOOST_TEST(pipe.read_available().size() >= 16u * 1024);
    }
    thread.finish(std::chrono::seconds(10));
    BOOST_TEST(!pipe.read_available().empty());
}

BOOST_AUTO_TEST_SUITE_END()
