#include "catalog/model_check.hpp"

#include <boost/test/unit_test.hpp>

#include "sample_rows.hpp"
#include "store/model_columns.hpp"

using namespace ferry;
using namespace ferry::catalog::samples;
using catalog::model_check;
using catalog::model_findings;
using store::model_row;

namespace {

model_findings findings(const model_row& row, const std::vector<model_row>& table = {},
                        const std::vector<store::route_row>& routes = {}) {
    return model_check(table, routes, no_secrets).of(row);
}

std::vector<std::string> codes(const model_findings& found) {
    std::vector<std::string> all;
    for (const auto& one : found.warnings) all.emplace_back(one.code);
    return all;
}

using list = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(checks_of_a_model_row)

BOOST_AUTO_TEST_CASE(an_ordinary_row_has_neither_faults_nor_warnings) {
    model_row row = model(1, "gpt-4o");
    row.api_endpoint = "https://api.example.com/v1";
    const auto found = findings(row, {row});
    BOOST_TEST(found.faults.empty());
    BOOST_TEST(codes(found) == list{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_fault_of_a_row_is_found_at_once) {
    model_row row = model(1, "");
    row.api_endpoint = "nonsense";
    row.auth_scheme = "foo";
    row.weight = -1;
    const auto found = findings(row);
    BOOST_REQUIRE(found.faults.size() == 4u);
    BOOST_TEST(found.faults[0].starts_with("model_name "));
    BOOST_TEST(found.faults[1].starts_with("api_endpoint "));
    BOOST_TEST(found.faults[2].starts_with("auth_scheme "));
    BOOST_TEST(found.faults[3].starts_with("weight "));
}

BOOST_AUTO_TEST_CASE(the_catalog_serves_exactly_the_rows_without_a_fault) {
    model_row bad = model(2, "bad");
    bad.api_endpoint = "ftp://example.com";
    for (const model_row& row : {model(1, "good"), bad}) {
        const auto built = build({row});
        BOOST_TEST(built.refused.empty() == findings(row).faults.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_there_is_a_warning_and_names_where_it_was_looked_for) {
    model_row row = model(1, "a");
    row.api_key = "env:NOT_SET";
    const auto found = findings(row);
    BOOST_TEST(found.faults.empty());
    BOOST_TEST(codes(found) == list{"key_missing"}, boost::test_tools::per_element());
    BOOST_TEST(found.warnings[0].text.find("env:NOT_SET") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_that_is_there_but_cannot_be_sent_is_a_fault) {
    model_row row = model(1, "a");
    row.api_key = "file:key";
    const auto broken = [](std::string_view) -> result<secret> { return secret("two\nlines"); };
    const auto found = model_check({}, {}, broken).of(row);
    BOOST_REQUIRE(found.faults.size() == 1u);
    BOOST_TEST(found.faults[0].starts_with("api_key holds a control byte"));
    BOOST_TEST(found.faults[0].find("lines") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_provider_that_is_nearly_a_known_one_is_odd_and_others_are_not) {
    for (const char* name : {"deepsek", "DeepSeak", "deepseek ai", "qwn", "Qwem"}) {
        model_row row = model(1, "a");
        row.provider = name;
        const bool is_far = std::string_view(name) == "deepseek ai";
        BOOST_TEST(codes(findings(row)).empty() == is_far, name);
    }
    for (const char* name : {"deepseek", " DeepSeek ", "qwen", "other", "openai", "groq", "", "azure"}) {
        model_row row = model(1, "a");
        row.provider = name;
        BOOST_TEST(codes(findings(row)).empty(), name);
    }
}

BOOST_AUTO_TEST_CASE(a_path_that_is_nearly_the_one_of_chat_is_odd_and_others_are_not) {
    const std::string host = "https://api.example.com";
    for (const char* path : {"/v1/chat/complitions", "/v1/chat/completion", "/chat/compeltions?x=1",
                             "/v1/Chat/Completions", "/v1/chats/completions/"}) {
        model_row row = model(1, "a");
        row.api_endpoint = host + path;
        BOOST_TEST(codes(findings(row)) == list{"odd_path"}, boost::test_tools::per_element());
    }
    for (const char* path : {"", "/", "/v1", "/v1/", "/v1/chat/completions", "/v1/chat/completions?api-version=1",
                             "/v2/ai/openai", "/compatible-mode/v1", "/chat"}) {
        model_row row = model(1, "a");
        row.api_endpoint = host + path;
        BOOST_TEST(codes(findings(row)).empty(), path);
    }
}

BOOST_AUTO_TEST_CASE(a_fallback_must_be_the_name_of_an_enabled_model_or_route) {
    model_row row = model(1, "a");
    row.fallback_model = "b";
    model_row disabled = model(2, "b");
    disabled.is_enabled = false;
    BOOST_TEST(codes(findings(row, {row})) == list{"unknown_fallback"}, boost::test_tools::per_element());
    BOOST_TEST(codes(findings(row, {row, disabled})) == list{"unknown_fallback"}, boost::test_tools::per_element());
    BOOST_TEST(codes(findings(row, {row, model(2, "b")})).empty());
    BOOST_TEST(codes(findings(row, {row}, {route("b", "priority", "[\"a\"]")})).empty());
}

BOOST_AUTO_TEST_CASE(a_row_without_a_price_beside_one_with_a_price_is_odd_unless_zero_was_written) {
    model_row priced = model(1, "a"), unpriced = model(2, "a");
    priced.base_price_pico = 5;
    BOOST_TEST(codes(findings(unpriced, {priced, unpriced})) == list{"free_beside_priced"},
               boost::test_tools::per_element());
    BOOST_TEST(codes(findings(unpriced, {priced})) == list{"free_beside_priced"}, boost::test_tools::per_element());
    BOOST_TEST(codes(findings(priced, {priced, unpriced})).empty());
    BOOST_TEST(codes(findings(unpriced, {unpriced, model(3, "a")})).empty());
    model_row free = unpriced;
    free.input_price_pico = free.output_price_pico = 0;
    BOOST_TEST(codes(findings(free, {priced, free})).empty());
    model_row reserve = unpriced;
    reserve.weight = 0;
    BOOST_TEST(codes(findings(reserve, {priced, reserve})).empty());
}

BOOST_AUTO_TEST_CASE(warnings_that_the_row_says_are_meant_are_left_out) {
    model_row row = model(1, "a");
    row.api_endpoint = "https://api.example.com/chat/complitions";
    row.fallback_model = "nobody";
    row.capabilities = R"({"ignore_warnings":["odd_path","something else"],"vision":true})";
    BOOST_TEST(codes(findings(row)) == list{"unknown_fallback"}, boost::test_tools::per_element());
    row.capabilities = R"({"ignore_warnings":"odd_path"})";
    BOOST_TEST(codes(findings(row)).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_row_is_checked_as_the_columns_that_are_to_be_written_would_make_it) {
    model_row row = model(1, "a");
    const std::vector<store::column_value> values = {
        {"model_name", "b"}, {"cost_per_1k_tokens", "0.002"}, {"priority", "-3"},    {"is_enabled", "0"},
        {"currency", {}},    {"fallback_model", {}},          {"total_timeout_ms", "5"}};
    store::set_columns(row, values);
    BOOST_TEST(row.model_name == "b");
    BOOST_TEST(row.base_price_pico == 2'000'000);
    BOOST_TEST(row.priority == -3);
    BOOST_TEST(!row.is_enabled);
    BOOST_TEST(row.currency == "USD");
    BOOST_TEST(row.total_timeout_ms.value() == 5);
    BOOST_TEST(findings(row).faults.empty());
    store::set_columns(row, std::vector<store::column_value>{{"weight", "much"}, {"priority", "high"}});
    BOOST_TEST(findings(row).faults == list{"weight must be a whole number"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
