#include "store/postgres/usage.hpp"

namespace ferry::store::postgres {

void usage::scan_days(const std::string& first, const std::string& end,
                      const std::function<void(const day_row&)>& visit) {
    link_.run_patiently(access::reading, "read the sums of the days", [&](pqxx::work& in) {
        std::string where = " WHERE true";
        if (!first.empty()) where += " AND day >= " + in.quote(first);
        if (!end.empty()) where += " AND day < " + in.quote(end);
        const auto found = in.exec(
            "SELECT to_char(day, 'YYYY-MM-DD'), key_id, model_id, provider, currency, requests, errors, prompt_tokens,"
            " completion_tokens, cached_tokens, total_tokens, cost_pico FROM usage_daily" +
            where + " ORDER BY day");
        for (const auto& one : found) {
            day_row row{.day = one[0].c_str(), .provider = one[3].c_str(), .currency = one[4].c_str()};
            row.key_id = one[1].as<std::int64_t>();
            row.model_id = one[2].as<std::int64_t>();
            std::int64_t* sums[] = {&row.requests,      &row.errors,       &row.prompt_tokens, &row.completion_tokens,
                                    &row.cached_tokens, &row.total_tokens, &row.cost_pico};
            for (int column = 5; std::int64_t* sum : sums) *sum = one[column++].as<std::int64_t>();
            visit(row);
        }
    });
}

}  // namespace ferry::store::postgres
