#include "app/cli/usage_report.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "app/cli/usage_table.hpp"

namespace ferry::app {
namespace {

store::usage_row row_of(std::string model, std::int64_t cost_pico, std::int64_t duration_us) {
    store::usage_row row;
    row.model_name = std::move(model);
    row.currency = "USD";
    row.status = 200;
    row.prompt_tokens = 10;
    row.cost_pico = cost_pico;
    row.duration_us = duration_us;
    return row;
}

usage_report by_model() {
    return usage_report({{"model", [](const store::usage_row& row) { return row.model_name; }}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(usage_reports)

BOOST_AUTO_TEST_CASE(groups_are_summed_exactly_beyond_64_bits) {
    usage_report report = by_model();
    for (int i = 0; i < 3; ++i) report.add(row_of("m", INT64_MAX, 5));
    report.add(row_of("n", 1, 7));
    BOOST_TEST(report.text(usage_report::format::csv) ==
               "model,requests,errors,prompt_tokens,completion_tokens,cached_tokens,total_tokens,cost,currency,p50_us,"
               "p95_us,first_token_p50_us,first_token_p95_us,units\n"
               "m,3,0,30,0,0,0,27670116.110564327421,USD,5,5,0,0,\n"
               "n,1,0,10,0,0,0,0.000000000001,USD,7,7,0,0,\n");
}

BOOST_AUTO_TEST_CASE(sums_of_hours_and_rows_add_up_without_latency) {
    usage_report report({{"provider", [](const store::usage_row& row) { return row.provider; }}}, false);
    store::sum_row sums;
    sums.hour = "2030-01-02 03:00";
    sums.provider = "qwen";
    sums.currency = "USD";
    sums.requests = 3;
    sums.prompt_tokens = 20;
    sums.cost_pico = 7;
    sums.units = 2;
    sums.unit_kind = "images";
    report.add(sums);
    store::usage_row row = row_of("m", 1, 9);
    row.provider = "qwen";
    report.add(row);
    BOOST_TEST(
        report.text(usage_report::format::csv) ==
        "provider,requests,errors,prompt_tokens,completion_tokens,cached_tokens,total_tokens,cost,currency,units\n"
        "qwen,4,0,30,0,0,0,0.000000000008,USD,2 images\n");
}

BOOST_AUTO_TEST_CASE(units_are_summed_by_kind) {
    usage_report report = by_model();
    for (const auto* kind : {"seconds", "images", "images"}) {
        auto row = row_of("m", 0, 1);
        row.units = 2;
        row.unit_kind = kind;
        report.add(row);
    }
    BOOST_TEST(report.text(usage_report::format::csv).ends_with(",\"4 images, 2 seconds\"\n"));
}

BOOST_AUTO_TEST_CASE(two_currencies_are_never_added) {
    usage_report report({});
    store::usage_row yuan = row_of("m", 2'000'000'000'000, 1);
    yuan.currency = "CNY";
    report.add(yuan);
    report.add(row_of("m", 1'000'000'000'000, 1));
    BOOST_TEST(report.text(usage_report::format::json) ==
               "[\n"
               "  {\"requests\":1,\"errors\":0,\"prompt_tokens\":10,\"completion_tokens\":0,\"cached_tokens\":0,"
               "\"total_tokens\":0,\"cost\":\"2\",\"currency\":\"CNY\",\"p50_us\":1,\"p95_us\":1,"
               "\"first_token_p50_us\":0,\"first_token_p95_us\":0,\"units\":\"\"},\n"
               "  {\"requests\":1,\"errors\":0,\"prompt_tokens\":10,\"completion_tokens\":0,\"cached_tokens\":0,"
               "\"total_tokens\":0,\"cost\":\"1\",\"currency\":\"USD\",\"p50_us\":1,\"p95_us\":1,"
               "\"first_token_p50_us\":0,\"first_token_p95_us\":0,\"units\":\"\"}\n"
               "]\n");
}

BOOST_AUTO_TEST_CASE(failed_requests_are_counted_as_errors) {
    usage_report report = by_model();
    store::usage_row failed = row_of("m", 0, 1);
    failed.status = 502;
    store::usage_row gone = row_of("m", 0, 1);
    gone.status = 499;
    report.add(failed);
    report.add(gone);
    BOOST_TEST(report.text(usage_report::format::csv).find("\nm,2,1,") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_dimensions_make_a_line_for_each_pair) {
    const auto provider = [](const store::usage_row& row) { return row.provider; };
    const auto model = [](const store::usage_row& row) { return row.model_name; };
    usage_report report({{"provider", provider}, {"model", model}});
    for (const auto* name : {"m", "n", "m"}) {
        auto row = row_of(name, 1, 1);
        row.provider = "qwen";
        report.add(row);
    }
    const auto csv = report.text(usage_report::format::csv);
    BOOST_TEST(csv.starts_with("provider,model,requests,"));
    BOOST_TEST(csv.find("\nqwen,m,2,") != std::string::npos);
    BOOST_TEST(csv.find("\nqwen,n,1,") != std::string::npos);
    BOOST_TEST(report.text(usage_report::format::json).find(R"({"provider":"qwen","model":"m","requests":2,)") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_table_is_for_people) {
    usage_report report = by_model();
    auto row = row_of(std::string(80, 'x'), 1'234'567'891, 1'234'567);
    row.ttft_us = 12'345;
    report.add(row);
    report.add(row_of("m", 0, 850));
    const auto table = report.text(usage_report::format::table);
    BOOST_TEST(table.find("xx..  ") != std::string::npos, table);
    for (const char* cell : {"0.001235 USD", "1.23 s", "12.3 ms", "850 us", "\ntotal ", " 20 "})
        BOOST_TEST(table.find(cell) != std::string::npos, cell);
    for (const char* nobody : {"cached", "units"}) BOOST_TEST(table.find(nobody) == std::string::npos, nobody);
    std::size_t longest = 0, begin = 0;
    for (auto end = table.find('\n'); end != table.npos; begin = end + 1, end = table.find('\n', begin))
        longest = std::max(longest, end - begin);
    BOOST_TEST(longest <= 130u);
}

BOOST_AUTO_TEST_CASE(a_total_is_of_one_currency_and_of_several_lines) {
    usage_report report = by_model();
    auto yuan = row_of("m", 3'000'000'000'000, 1);
    yuan.currency = "CNY";
    report.add(yuan);
    for (const auto* name : {"m", "n"}) report.add(row_of(name, 1'000'000'000'000, 1));
    const auto table = report.text(usage_report::format::table);
    const auto total = table.substr(std::min(table.find("\ntotal"), table.size()));
    BOOST_TEST(total.find("2 USD") != std::string::npos, table);
    BOOST_TEST(total.find("CNY") == std::string::npos, table);
}

BOOST_AUTO_TEST_CASE(money_is_rounded_and_never_to_nothing) {
    BOOST_TEST(money_text(0) == "0");
    BOOST_TEST(money_text(1) == "<0.000001");
    BOOST_TEST(money_text(499'999) == "<0.000001");
    BOOST_TEST(money_text(500'000) == "0.000001");
    BOOST_TEST(money_text(1'999'999'500'000) == "2");
    BOOST_TEST(span_text(999) == "999 us");
    BOOST_TEST(span_text(999'949) == "999.9 ms");
    BOOST_TEST(span_text(60'000'000) == "60.00 s");
}

BOOST_AUTO_TEST_CASE(a_percentile_is_the_nearest_rank) {
    std::vector<std::int64_t> values;
    BOOST_TEST(percentile(values, 50) == 0);
    values = {9};
    BOOST_TEST(percentile(values, 95) == 9);
    for (int i = 100; i >= 1; --i) values.push_back(i);
    values.erase(values.begin());
    BOOST_TEST(percentile(values, 50) == 50);
    BOOST_TEST(percentile(values, 95) == 95);
    BOOST_TEST(percentile(values, 100) == 100);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::app
