#include "store/sqlite/usage.hpp"

namespace ferry::store::sqlite {

void usage::scan_days(const std::string& first, const std::string& end,
                      const std::function<void(const day_row&)>& visit) {
    const std::string after_all = "~";  // the last character
    query found = link_.get().prepare(
        "SELECT day, key_id, model_id, provider, currency, requests, errors, prompt_tokens, completion_tokens,"
        " cached_tokens, total_tokens, cost_pico FROM usage_daily WHERE day >= ? AND day < ? ORDER BY day");
    found.bind(first).bind(end.empty() ? after_all : end);
    while (found.step()) {
        day_row row{.day = found.text(0), .provider = found.text(3), .currency = found.text(4)};
        row.key_id = found.integer(1);
        row.model_id = found.integer(2);
        std::int64_t* sums[] = {&row.requests,      &row.errors,       &row.prompt_tokens, &row.completion_tokens,
                                &row.cached_tokens, &row.total_tokens, &row.cost_pico};
        for (int column = 5; std::int64_t* sum : sums) *sum = found.integer(column++);
        visit(row);
    }
}

}  // namespace ferry::store::sqlite
