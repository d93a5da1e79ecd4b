#include <array>
#include <map>

#include "store/conformance/usage_fixture.hpp"

namespace ferry::store {

namespace {

constexpr std::int64_t first_hour_us = 1'893'456'000'000'000, hour_us = 3'600'000'000;  // 2030-01-01 00:00

struct sums_fixture : usage_fixture {
    // Of each hour from the first on one request, of which no two have everything in common.
    sums_fixture() {
        rows given;
        for (int i = 0; i < 26; ++i) {
            const auto time = first_hour_us + i * hour_us + i;
            usage_row row = usage_of(id_at(time, static_cast<char>('a' + i)), time);
            row.key_id = i % 2 + 1;
            if (i % 3 == 0) row.user_id = 5;
            row.model_name = i % 2 == 0 ? "m" : "it's";
            row.operation = i < 13 ? "chat.completions" : "images.generations";
            row.unit_kind = i < 13 ? std::nullopt : std::optional<std::string>("images");
            row.units = 2;
            row.total_tokens = i;
            row.cost_pico = INT64_MAX - i;
            given.push_back(std::move(row));
        }
        usage->insert(given, {});
    }

    std::string told(const usage_filter& wanted, const sums_by& by) {
        std::map<std::string, std::array<int128, 3>> lines;
        usage->scan_sums(wanted, by, [&](const sum_row& row) {
            auto& sums = lines[row.hour + "|" + std::to_string(row.key_id) + "|" + std::to_string(row.user_id) + "|" +
                               row.model_name + "|" + row.operation + "|" + row.unit_kind];
            const int128 more[] = {row.requests, row.total_tokens, row.units};
            for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += more[i];
        });
        std::string text;
        for (const auto& [name, sums] : lines) {
            text += name;
            for (const auto sum : sums) text += "|" + format_decimal(sum, 0);
            text += "\n";
        }
        return text;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(usage_sums, sums_fixture)

BOOST_AUTO_TEST_CASE(sums_are_of_what_is_asked_for_and_of_kinds_of_units) {
    BOOST_TEST(told({}, {}) == "|0|0||||13|78|0\n|0|0|||images|13|247|26\n");
    BOOST_TEST(told({}, {.day = true, .operation = true}) ==
               "2030-01-01|0|0||chat.completions||13|78|0\n2030-01-01|0|0||images.generations|images|11|198|22\n"
               "2030-01-02|0|0||images.generations|images|2|49|4\n");
}

BOOST_AUTO_TEST_CASE(windows_are_of_hours_and_filters_are_those_of_rows) {
    usage_filter wanted{first_hour_us + 2 * hour_us, first_hour_us + 4 * hour_us};
    BOOST_TEST(told(wanted, {.hour = true, .key = true}) ==
               "2030-01-01 02:00|1|0||||1|2|0\n2030-01-01 03:00|2|0||||1|3|0\n");
    wanted.model_name = "it's";
    BOOST_TEST(told(wanted, {.model = true}) == "|0|0|it's|||1|3|0\n");
    wanted = {};
    wanted.key_ids = {1, 7};
    wanted.user_ids = {5};
    wanted.operation = "chat.completions";
    BOOST_TEST(told(wanted, {.user = true}) == "|0|5||||3|18|0\n");
    wanted.key_ids = std::vector<std::int64_t>();
    BOOST_TEST(told(wanted, {}) == "");
}

BOOST_AUTO_TEST_CASE(sums_past_64_bits_are_exact) {
    int128 cost = 0;
    usage->scan_sums({}, {}, [&cost](const sum_row& row) { cost += row.cost_pico; });
    BOOST_TEST((cost == static_cast<int128>(INT64_MAX) * 26 - 25 * 13));
    BOOST_TEST(ask("SELECT max(cost_pico) FROM usage_daily") == std::to_string(INT64_MAX));
}

BOOST_AUTO_TEST_CASE(sums_that_were_kept_per_day_are_known_by_having_no_operation) {
    BOOST_TEST(usage->last_day_sum({}) == "");
    const auto midnight = first_hour_us - 2 * day_us;
    usage_row row = usage_of(id_at(midnight, 'z'), midnight);
    row.operation = "";
    usage->insert(rows{row}, {});
    BOOST_TEST(usage->last_day_sum({}) == "2029-12-30");
    BOOST_TEST(usage->last_day_sum({midnight, midnight + day_us}) == "2029-12-30");
    BOOST_TEST(usage->last_day_sum({midnight + day_us, std::nullopt}) == "");
    BOOST_TEST(told({std::nullopt, midnight + day_us}, {.day = true}) == "2029-12-30|0|0||||1|0|0\n");
}

BOOST_AUTO_TEST_CASE(several_writers_number_lines_alike) {
    const auto other = again()->usage();
    const auto row_at = [](int number, std::string model) {
        const auto time = first_hour_us + 100 * hour_us;
        usage_row row = usage_of(id_at(time, static_cast<char>('0' + number)), time);
        row.model_name = std::move(model);
        row.operation = "x";
        return row;
    };
    other->insert(rows{row_at(2, "theirs")}, {});
    usage->insert(rows{row_at(3, "ours"), row_at(4, "theirs")}, {});
    other->insert(rows{row_at(5, "ours")}, {});
    BOOST_TEST(list("SELECT model_name || ' ' || requests FROM usage_hourly WHERE operation = 'x' ORDER BY 1") ==
               "ours 2,theirs 2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
