#include "usage/record_format.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <random>
#include <string>

namespace ferry::usage {
namespace {

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

begin_record some_begin() {
    begin_record r;
    r.id = make_uuid();
    r.started_at_us = 1'700'000'000'000'000;
    r.key_id = largest;
    r.team_id = least;
    r.operation = "chat.completions";
    r.model_name = std::string_view("with\0nul", 8);
    r.is_stream = true;
    r.user_agent = "sdk/1";
    r.catalog_version = 12;
    return r;
}

end_record some_end(std::span<const attempt_result> attempts) {
    end_record r;
    r.ended_at_us = 5;
    r.duration_us = -1;
    r.ttft_us = 0;
    r.status = 499;
    r.finish_reason = "stop";
    r.end_reason = end_reason::client_gone;
    r.basis = basis::partial;
    r.tokens.prompt = 0;
    r.tokens.audio = largest;
    r.units = 3;
    r.unit_kind = "image";
    r.unit_price_pico = largest;
    r.is_unpriced = true;
    r.issued_ids = R"(["file-1"])";
    r.further.request = largest;
    r.tokens.audio_output = 4;
    r.tier_price = {1, largest, 3};
    r.cost_pico = largest;
    r.attempts = attempts;
    return r;
}

// What stands behind the messages.
void forget_prices(end_record& r) {
    r.unit_price_pico.reset();
    r.issued_ids = {};
    r.further = {};
    r.tier_price.reset();
}

BOOST_AUTO_TEST_SUITE(record_format)

BOOST_AUTO_TEST_CASE(a_begin_comes_back_as_it_was_written) {
    record_buffer buffer;
    const begin_record in = some_begin();
    const decoded_record decoded = decode(buffer.encode(in));
    const auto& out = std::get<begin_record>(decoded);
    BOOST_TEST((out.id == in.id));
    BOOST_TEST(out.started_at_us == in.started_at_us);
    BOOST_TEST((out.key_id == in.key_id && !out.user_id && out.team_id == in.team_id));
    BOOST_TEST(out.operation == in.operation);
    BOOST_TEST(out.model_name == in.model_name);
    BOOST_TEST(out.is_stream);
    BOOST_TEST(out.end_user.empty());
    BOOST_TEST(out.user_agent == in.user_agent);
    BOOST_TEST(out.catalog_version == 12);
}

BOOST_AUTO_TEST_CASE(an_attempt_comes_back_as_it_was_written) {
    record_buffer buffer;
    attempt_record in{3, largest, "row", "up", "other", "EUR", {1, 2, 3}};
    const uuid id = make_uuid();
    const decoded_record decoded = decode(buffer.encode(id, in));
    const auto& out = std::get<decoded_attempt>(decoded);
    BOOST_TEST((out.id == id));
    BOOST_TEST(out.record.attempt == 3);
    BOOST_TEST(out.record.model_id == largest);
    BOOST_TEST(out.record.upstream_model == "up");
    BOOST_TEST(out.record.currency == "EUR");
    BOOST_TEST(out.record.price.cached_input_pico == 3);
}

BOOST_AUTO_TEST_CASE(an_end_comes_back_with_its_attempts) {
    record_buffer buffer;
    attempt_result tries[2];
    tries[0].was_sent = false;
    tries[0].error_code = "upstream_unreachable";
    tries[1].attempt = 2;
    tries[1].status = 200;
    tries[1].bytes_down = 77;
    tries[1].completion_tokens = 9;
    const decoded_record decoded = decode(buffer.encode(uuid{}, some_end(tries)));
    const auto& out = std::get<decoded_end>(decoded);
    BOOST_TEST(out.record.duration_us == -1);
    BOOST_TEST((out.record.ttft_us == 0 && !out.record.first_token_at_us));
    BOOST_TEST(out.record.status == 499);
    BOOST_TEST((out.record.end_reason == end_reason::client_gone && out.record.basis == basis::partial));
    BOOST_TEST((out.record.tokens.prompt == 0 && !out.record.tokens.total && out.record.tokens.audio == largest));
    BOOST_TEST(out.record.unit_kind == "image");
    BOOST_TEST((out.record.unit_price_pico == largest));
    BOOST_TEST(out.record.is_unpriced);
    BOOST_TEST(out.record.issued_ids == R"(["file-1"])");
    BOOST_TEST((out.record.further == some_end({}).further && out.record.tier_price == some_end({}).tier_price));
    BOOST_TEST((out.record.tokens.audio_output == 4));
    BOOST_REQUIRE_EQUAL(out.attempts.size(), 2u);
    BOOST_TEST(!out.attempts[0].was_sent);
    BOOST_TEST(out.attempts[0].error_code == "upstream_unreachable");
    BOOST_TEST(out.attempts[1].bytes_down == 77);
    BOOST_TEST((out.attempts[1].completion_tokens == 9));
}

BOOST_AUTO_TEST_CASE(the_marks_of_an_end_come_back_and_older_records_have_none) {
    for (unsigned bits = 0; bits != 16; ++bits) {
        end_record in;
        in.tokens.marks = {.odd = (bits & 1) != 0, .unreconciled = (bits & 2) != 0, .implausible = (bits & 4) != 0};
        in.cost_is_saturated = (bits & 8) != 0;
        record_buffer buffer;
        const auto bytes = buffer.encode(uuid{}, in);
        const auto read = std::get<decoded_end>(decode(bytes)).record;
        BOOST_TEST((read.tokens.marks == in.tokens.marks));
        BOOST_TEST(read.cost_is_saturated == in.cost_is_saturated);
        const auto older = std::get<decoded_end>(decode(bytes.substr(0, bytes.size() - 1))).record;
        BOOST_TEST((older.tokens.marks == openai::usage_marks()));
        BOOST_TEST(!older.cost_is_saturated);
    }
}

BOOST_AUTO_TEST_CASE(the_marks_of_an_estimate_come_back_alone_and_beside_everything_else) {
    record_buffer buffer;
    attempt_result one;
    one.message = "busy";
    const estimate_marks marks{3, 45, true, true};
    for (auto end : {end_record(), some_end({&one, 1})}) {
        BOOST_TEST((std::get<decoded_end>(decode(buffer.encode(uuid{}, end))).record.estimated == estimate_marks()));
        end.estimated = marks;
        const std::string bytes(buffer.encode(uuid{}, end));
        const decoded_record decoded = decode(bytes);
        const auto& out = std::get<decoded_end>(decoded).record;
        BOOST_TEST((out.estimated == marks && out.further == end.further));
        BOOST_TEST((out.unit_price_pico == end.unit_price_pico && out.issued_ids == end.issued_ids));
        // Cut within them, all else is as good as before.
        end.further = {}, end.tier_price.reset();  // which stand behind them
        const std::string alone(buffer.encode(uuid{}, end));
        const decoded_record cut = decode(std::string_view(alone).substr(0, alone.size() - 1));
        BOOST_TEST((std::get<decoded_end>(cut).record.estimated == estimate_marks()));
        BOOST_TEST(std::get<decoded_end>(cut).record.issued_ids == end.issued_ids);
    }
}

BOOST_AUTO_TEST_CASE(what_a_provider_said_stands_behind_what_older_programs_know) {
    record_buffer buffer;
    attempt_result tries[3];
    for (int i = 0; i < 3; ++i) tries[i].attempt = i + 1;
    end_record end = some_end(tries);
    forget_prices(end);
    const std::string without(buffer.encode(uuid{}, end));
    const std::string long_text = std::string(max_message_bytes - 1, 'a') + "\xE6\xBC\xA2 and more";
    tries[0].message = "the first";
    tries[2].message = long_text;
    const std::string with(buffer.encode(uuid{}, end));
    BOOST_TEST(with.starts_with(without));
    const decoded_record decoded = decode(with);
    const auto& out = std::get<decoded_end>(decoded).attempts;
    BOOST_REQUIRE_EQUAL(out.size(), 3u);
    BOOST_TEST(out[0].message == "the first");
    BOOST_TEST(out[1].message == "");
    BOOST_TEST(out[2].message == std::string(max_message_bytes - 1, 'a'));
    // Cut within them, or followed by what nobody knows yet, the record is as good as without.
    for (std::size_t length = without.size(); length <= with.size(); ++length) {
        const decoded_record cut = decode(std::string_view(with).substr(0, length));
        BOOST_REQUIRE(std::holds_alternative<decoded_end>(cut));
        BOOST_TEST(std::get<decoded_end>(cut).attempts.size() == 3u);
    }
    BOOST_TEST(std::holds_alternative<decoded_end>(decode(with + "\x07unknown")));
    BOOST_TEST(std::holds_alternative<decoded_end>(decode(without + "\xff\xff\xff")));
}

BOOST_AUTO_TEST_CASE(older_programs_find_units_where_they_were_and_older_records_have_no_prices) {
    record_buffer buffer;
    end_record end = some_end({});
    const std::string with(buffer.encode(uuid{}, end));
    end.further = {};
    end.tier_price.reset();
    const std::string without(buffer.encode(uuid{}, end));
    BOOST_TEST(with.starts_with(without));
    for (std::size_t length = without.size(); length < with.size(); ++length) {
        const auto cut = std::get<decoded_end>(decode(std::string_view(with).substr(0, length))).record;
        BOOST_TEST(cut.issued_ids == end.issued_ids);
        BOOST_TEST((!cut.further.has_any() && !cut.tier_price && !cut.tokens.audio_output));
    }
}

BOOST_AUTO_TEST_CASE(messages_are_left_out_before_results_of_attempts) {
    record_buffer buffer;
    const std::string text(max_message_bytes, 'x');
    std::vector<attempt_result> tries(max_attempt_results);
    for (std::size_t i = 0; i < tries.size(); ++i) {
        tries[i].attempt = static_cast<int>(i + 1);
        tries[i].message = text;
    }
    constexpr std::size_t tight = 700;
    for (const std::size_t limit : {max_record_bytes, std::size_t(2000), tight}) {
        const std::string_view record = buffer.encode(uuid{}, some_end(tries), limit);
        BOOST_TEST(record.size() <= limit);
        const decoded_record decoded = decode(record);
        const auto& out = std::get<decoded_end>(decoded).attempts;
        BOOST_TEST((limit < max_record_bytes || out.size() == max_attempt_results));
        const auto has_one = [](const attempt_result& r) { return !r.message.empty(); };
        const auto messages = std::count_if(out.begin(), out.end(), has_one);
        BOOST_TEST((messages > 0) == (limit > tight));
        // What is billed is never left out.
        BOOST_TEST(std::get<decoded_end>(decoded).record.issued_ids == R"(["file-1"])");
    }
}

BOOST_AUTO_TEST_CASE(texts_beyond_their_bound_are_cut_between_characters) {
    record_buffer buffer;
    begin_record in = some_begin();
    std::string agent(max_text_bytes - 1, 'a');
    agent += "\xE6\xBC\xA2";
    in.user_agent = agent;
    const decoded_record decoded = decode(buffer.encode(in));
    BOOST_TEST(std::get<begin_record>(decoded).user_agent == std::string(max_text_bytes - 1, 'a'));
}

BOOST_AUTO_TEST_CASE(an_end_under_a_limit_keeps_everything_but_results_of_attempts) {
    record_buffer buffer;
    const std::string text(500, 'x');
    std::vector<attempt_result> tries(100);
    for (auto& each : tries) {
        each.error_code = text;
        each.connect_us = each.ttft_us = each.duration_us = each.bytes_up = each.bytes_down = least;
    }
    end_record in = some_end(tries);
    in.error_code = in.finish_reason = in.unit_kind = in.upstream_request_id = text;
    in.ended_at_us = in.duration_us = least;
    in.first_token_at_us = in.ttft_us = in.overhead_us = in.units = least;
    in.unit_price_pico = least;
    const std::string ids(max_ids_bytes, 'x');
    in.issued_ids = ids;
    in.tokens = {least, least, least, least, least, least, least, least};
    in.further = {least, least, least, least, least};
    in.tier_price = {least, least, least};
    const std::string_view brief = buffer.encode(uuid{}, in, least_end_bytes);
    BOOST_TEST(brief.size() <= least_end_bytes);
    const decoded_record decoded = decode(brief);
    BOOST_TEST(std::get<decoded_end>(decoded).record.cost_pico == largest);
    BOOST_TEST(std::get<decoded_end>(decoded).record.issued_ids == ids);
    BOOST_TEST((std::get<decoded_end>(decoded).record.tier_price == in.tier_price));
    const decoded_record whole = decode(buffer.encode(uuid{}, in));
    BOOST_TEST(std::get<decoded_end>(whole).attempts.size() == max_attempt_results);
}

BOOST_AUTO_TEST_CASE(a_newer_version_is_named_and_not_guessed_at) {
    record_buffer buffer;
    std::string bytes(buffer.encode(some_begin()));
    bytes[0] = record_version + 1;
    BOOST_TEST(std::get<newer_record>(decode(bytes)).version == record_version + 1u);
}

BOOST_AUTO_TEST_CASE(a_record_cut_anywhere_is_malformed_and_read_no_further) {
    record_buffer buffer;
    const attempt_result one;
    // An end without what earlier versions did not know, units and marks, is one of theirs.
    end_record known = some_end({&one, 1});
    forget_prices(known);
    std::string end(buffer.encode(uuid{}, known));
    end.pop_back();
    for (const std::string& whole :
         {std::string(buffer.encode(some_begin())), std::string(buffer.encode(uuid{}, attempt_record{})), end})
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const std::vector<char> exact(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
            BOOST_TEST(std::holds_alternative<malformed_record>(decode({exact.data(), exact.size()})));
        }
}

BOOST_AUTO_TEST_CASE(any_bytes_can_be_decoded_without_harm) {
    std::mt19937 random(1);
    record_buffer buffer;
    const attempt_result tries[2];
    for (int round = 0; round < 20000; ++round) {
        std::string bytes(round % 2 == 0 ? buffer.encode(some_begin()) : buffer.encode(uuid{}, some_end(tries)));
        for (int flips = 0; flips < 4; ++flips) bytes[random() % bytes.size()] = static_cast<char>(random());
        decode(bytes);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace ferry::usage
